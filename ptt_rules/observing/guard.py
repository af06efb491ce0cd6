"""What fails inside ptt is reported, recorded and contained: it never breaks a run."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

_NUMBER = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that failed inside ptt while the run went on."""

    code: str
    what: str
    reason: str

    @property
    def message(self) -> str:
        return f"{self.what}: {self.reason}"

    def to_json(self, step: int) -> dict[str, Any]:
        return {"event": "fault", "code": self.code, "message": self.message, "step": step}


class Guard:
    """Runs blocks of the callback so that their faults are reported once for each cause."""

    def __init__(self, on_fault: Callable[[Fault], None], *, fail_fast: bool) -> None:
        self.fail_fast = fail_fast
        self._on_fault = on_fault
        self._reported: set[tuple[str, str]] = set()

    def contain(self, code: str, what: str) -> Contained:
        """A block whose exceptions end with it; with `fail_fast` they go on."""
        return Contained(self, code, what)

    def report(self, code: str, what: str, reason: str) -> None:
        """Reports a fault, unless the same was reported: with another number, it is the same."""
        cause = (what, _NUMBER.sub("#", reason))
        if cause not in self._reported:
            self._reported.add(cause)
            self._on_fault(Fault(code, what, reason))


@dataclass(frozen=True, slots=True)
class Contained:
    """A block under guard; not a generator, which takes longer, since a step has dozens."""

    guard: Guard
    code: str
    what: str

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception) or self.guard.fail_fast:
            return False
        self.guard.report(self.code, self.what, f"{type(error).__name__}: {error}")
        return True
