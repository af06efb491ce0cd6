"""Steps as places from left to right, the same in all pictures of a page."""

from __future__ import annotations

from dataclasses import dataclass

from ptt_rules.report.svg import short
from ptt_rules.runs import Run


@dataclass(frozen=True, slots=True)
class Across:
    """Steps 0 to `last` between two places."""

    left: float
    right: float
    last: int

    def at(self, step: float) -> float:
        share = min(1.0, max(0.0, step / max(1, self.last)))
        return self.left + share * (self.right - self.left)

    def text(self, step: float) -> str:
        return short(self.at(step))

    def width(self, first: float, last: float, *, least: float = 1.5) -> str:
        return short(max(least, self.at(last) - self.at(first)))


def last_step_of(run: Run) -> int:
    """The last step that pictures show: the planned one, so that one sees what was not run."""
    return max(run.max_steps or 0, run.last_step, 1)
