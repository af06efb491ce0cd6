"""How fast a run goes, learned from the rows of its own journal.

Source: nvidia-resiliency-ext, whose timeouts are five times the longest that was seen
"""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from ptt_rules.numbers import number

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
        """One row; rows of one step, and those of before a resume, tell nothing."""
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


class Tail:
    """The new whole lines of a file that grows; begins anew if it was cut."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = 0

    def lines(self) -> Iterable[dict[str, object]]:
        try:
            with self._path.open("rb") as file:
                if file.seek(0, 2) < self._at:
                    self._at = 0
                file.seek(self._at)
                text = file.read()
        except OSError:
            return []
        whole = text[: text.rfind(b"\n") + 1]
        self._at += len(whole)
        return [found for line in whole.splitlines() if (found := _object(line)) is not None]


def _object(line: bytes) -> dict[str, object] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def position(row: dict[str, object]) -> tuple[int, float] | None:
    """Step and time of a row; None where it has none."""
    step, time_s = (number(row[key]) if key in row else None for key in ("step", "time"))
    if step is None or time_s is None or not (math.isfinite(step) and math.isfinite(time_s)):
        return None
    return int(step), time_s
