"""How fast a run goes, learned from the rows of its own journal.

Source: nvidia-resiliency-ext, whose timeouts are five times the longest that was seen
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from statistics import median

HANG_FACTOR = 5.0
LEAST_SILENCE_S = 180.0
"""A run that says nothing for less is never called hung."""
FIRST_SILENCE_S = 1800.0
"""How long a run may be silent before it has shown how long its steps take."""
SLOW_FACTOR = 2.0
_ENOUGH = 3
_RECENT = 10
_KEPT = 1000


class Pace:
    """Seconds a step, from one row to the next, evaluations and checkpoints included."""

    def __init__(self) -> None:
        self._step: int | None = None
        self._time = 0.0
        self._longest = 0.0
        self._all: deque[float] = deque(maxlen=_KEPT)
        self._recent: deque[float] = deque(maxlen=_RECENT)

    def add(self, step: int, time_s: float) -> None:
        """Adds one row; rows of the same step, and rows from before a resume, do not count."""
        if self._step is not None and step > self._step and time_s >= self._time:
            gap = time_s - self._time
            # the whole gap, not its part for one step: a run is silent from row to row
            self._longest = max(self._longest, gap)
            seconds = gap / (step - self._step)
            self._recent.append(seconds)
            self._all.append(seconds)
        if self._step is None or step != self._step:
            self._step, self._time = step, time_s

    @property
    def usual_s(self) -> float | None:
        """Median of a step; None before enough was seen."""
        return median(self._all) if len(self._all) >= _ENOUGH else None

    @property
    def recent_s(self) -> float | None:
        return median(self._recent) if len(self._recent) >= _ENOUGH else None

    @property
    def silence_s(self) -> float:
        """How long the run may say nothing before it hangs."""
        if len(self._all) < _ENOUGH:
            return FIRST_SILENCE_S
        return max(LEAST_SILENCE_S, HANG_FACTOR * self._longest)

    @property
    def is_slow(self) -> bool:
        """Whether the newest steps take much longer than all of them; not for milliseconds."""
        if self.usual_s is None or self.recent_s is None or len(self._all) < 3 * _RECENT:
            return False
        return self.recent_s > SLOW_FACTOR * self.usual_s and self.recent_s > 0.1


def pace_of(steps: Iterable[int], times: Iterable[float | None]) -> Pace:
    """The pace of rows that are known already."""
    pace = Pace()
    for step, time_s in zip(steps, times, strict=True):
        if time_s is not None and math.isfinite(time_s):
            pace.add(step, time_s)
    return pace
