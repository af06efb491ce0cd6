"""Sibling runs: those that a run is compared with, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Siblings:
    """The sibling runs of a run, as they were named; each is read where a rule needs it."""

    runs: tuple[Any, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.runs)

    @classmethod
    def of(cls, given: Any) -> Siblings:
        """From what a caller passes."""
        if given is None:
            return NO_SIBLINGS
        return given if isinstance(given, cls) else cls(tuple(given))


NO_SIBLINGS = Siblings()
