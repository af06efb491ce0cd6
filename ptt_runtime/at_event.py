"""A run while an event of its trainer lasts."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from ptt_rules.observing import Run


class AtEvent:
    """The run, with the trainer's flags inside the block; None where there is no run.

    Not a generator, which takes longer, since a step has several.
    """

    __slots__ = ("_control", "_run")

    def __init__(self, run: Run | None, control: Any) -> None:
        self._run, self._control = run, control

    def __enter__(self) -> Run | None:
        if self._run is not None:
            self._run.control = self._control
        return self._run

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._run is not None:
            self._run.control = None
