"""What fails inside ptt is told, recorded and contained: it never breaks a run."""

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
    step: int

    @property
    def message(self) -> str:
        return f"{self.what}: {self.reason}"

    def to_json(self) -> dict[str, Any]:
        return {"event": "fault", "code": self.code, "message": self.message, "step": self.step}


class Guard:
    """Runs parts of the callback so that their faults are told once for each cause."""

    def __init__(self, tell: Callable[[Fault], None], *, fail_fast: bool) -> None:
        self.step = 0
        self._tell = tell
        self.fail_fast = fail_fast
        self._told: set[tuple[str, str]] = set()

    def contain(self, code: str, what: str) -> Contained:
        """A block whose exceptions end with it; with `fail_fast` they go on."""
        return Contained(self, code, what)

    def report(self, code: str, what: str, reason: str) -> None:
        """Tells a fault, unless the same has been told: with another step, it is the same."""
        cause = (what, _NUMBER.sub("#", reason))
        if cause not in self._told:
            self._told.add(cause)
            self._tell(Fault(code, what, reason, self.step))


@dataclass(frozen=True, slots=True)
class Contained:
    """A block under guard; no generator, which takes longer, since a step has dozens."""

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
