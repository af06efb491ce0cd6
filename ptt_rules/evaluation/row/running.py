"""Order statistics of the newest observations, kept up to date as they come.

A window that moves by one observation has nearly the same sorted values as before, so that a
median costs a search and a shift instead of a sort. Each gives exactly what
`ptt_rules.language.functions` gives for the same window: they use its formulas.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right, insort_right
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ptt_rules.evaluation.row.streams import Now
from ptt_rules.language.functions import (
    Computation,
    Folded,
    OfOrdered,
    OfSample,
    Ordered,
    Sampled,
    mann_kendall,
    middle,
    robust_slope,
    slopes_to,
    tied,
    trend,
)
from ptt_rules.language.ir import LastWindow, Window

Read = Callable[[Now], "float | None"]
"""What a statistic is at a row."""


class Running:
    """The newest `count` observations before the newest `before`, sorted.

    Of equal values the one that came first stands first, as a stable sort has them.
    Cost: log n comparisons and a shift of memory for an observation
    """

    def __init__(self, count: int, before: int) -> None:
        self.count, self.before = count, before
        self.ordered: list[float] = []

    def refill(self, values: Sequence[float], steps: Sequence[int]) -> None:
        """Begins anew with what a history remembers."""
        end = max(0, len(values) - self.before)
        self.ordered[:] = sorted(values[max(0, end - self.count) : end])


def follow(windows: Iterable[Running], values: Sequence[float]) -> None:
    """Moves sorted windows to the newest of the observations of a history.

    One call for all of them: at most rows little else is done.
    """
    size = len(values)
    for window in windows:
        end, ordered = size - window.before, window.ordered
        if end > window.count:
            del ordered[bisect_left(ordered, values[end - window.count - 1])]
        if end > 0:
            insort_right(ordered, values[end - 1])


@dataclass(frozen=True, slots=True)
class ReadSorted:
    """A statistic of sorted values, where there are so many of them.

    The function of a row reads its parts, and calls `of` by itself.
    """

    of: OfOrdered
    ordered: list[float]
    argument: float
    least: int

    def __call__(self, now: Now) -> float | None:
        ordered = self.ordered
        return self.of(ordered, self.argument) if len(ordered) >= self.least else None


class RunningPairs(Running, ABC):
    """Also something of all pairs of them, which changes with each that enters or leaves."""

    def follow(self, values: Sequence[float], steps: Sequence[int]) -> None:
        """Moves to the newest of the observations of a history."""
        end = len(values) - self.before
        if end > self.count:
            self._leave(values[end - self.count - 1], steps[end - self.count - 1])
        if end > 0:
            self._enter(values[end - 1], steps[end - 1])

    def refill(self, values: Sequence[float], steps: Sequence[int]) -> None:
        self._clear()
        end = len(values) - self.before
        for place in range(max(0, end - self.count), end):
            self._enter(values[place], steps[place])

    @abstractmethod
    def reader_of_pairs(self, least: int) -> Read:
        """Reads its statistic off where there are so many observations."""

    @abstractmethod
    def _clear(self) -> None: ...

    @abstractmethod
    def _leave(self, value: float, step: int) -> None: ...

    @abstractmethod
    def _enter(self, value: float, step: int) -> None: ...


class RunningTrend(RunningPairs):
    """Also how many more pairs of them rise than fall, and their ties."""

    def __init__(self, count: int, before: int) -> None:
        super().__init__(count, before)
        self.rises = self.ties = 0

    def reader_of_pairs(self, least: int) -> Read:
        ordered = self.ordered
        return lambda now: (
            mann_kendall(len(ordered), self.rises, self.ties) if len(ordered) >= least else None
        )

    def _clear(self) -> None:
        self.ordered.clear()
        self.rises = self.ties = 0

    def _leave(self, value: float, step: int) -> None:
        ordered = self.ordered
        below = bisect_left(ordered, value)
        up_to = bisect_right(ordered, value, below)
        self.rises -= (len(ordered) - up_to) - below
        if up_to - below > 1:
            self.ties -= tied(up_to - below) - tied(up_to - below - 1)
        del ordered[below]

    def _enter(self, value: float, step: int) -> None:
        ordered = self.ordered
        below = bisect_left(ordered, value)
        up_to = bisect_right(ordered, value, below)
        self.rises += below - (len(ordered) - up_to)
        if up_to > below:
            self.ties += tied(up_to - below + 1) - tied(up_to - below)
        ordered.insert(up_to, value)


class RunningSlopes(RunningPairs):
    """The slopes of all pairs of them that are of different steps, sorted.

    Cost: n slopes for an observation, where sorting them all anew takes n squared
    """

    def __init__(self, count: int, before: int) -> None:
        super().__init__(count, before)
        self.members: deque[tuple[float, int]] = deque()
        """The observations in the window."""

    def reader_of_pairs(self, least: int) -> Read:
        ordered, members = self.ordered, self.members
        return lambda now: middle(ordered) if len(members) >= least and ordered else None

    def _clear(self) -> None:
        self.ordered.clear()
        self.members.clear()

    def _leave(self, value: float, step: int) -> None:
        self.members.popleft()
        ordered = self.ordered
        for slope in slopes_to(value, step, self.members):
            del ordered[bisect_left(ordered, slope)]

    def _enter(self, value: float, step: int) -> None:
        self.ordered += slopes_to(value, step, self.members)
        self.ordered.sort()  # two runs, of which the long one is sorted
        self.members.append((value, step))


# ---- statistics ----------------------------------------------------------------------------

_OF_PAIRS: dict[OfSample, type[RunningPairs]] = {trend: RunningTrend, robust_slope: RunningSlopes}
"""What keeps up what is otherwise computed from all observations of a window anew."""

_LONGEST = 10_000

Need = Callable[[type[Running]], Running]
"""The sorted window of a history."""


def running_reader(
    computation: Computation, window: Window, argument: float, least: int, need: Need
) -> Read | None:
    """Reads off a window that is kept sorted; None where blocks or sorting anew do better."""
    if not isinstance(window, LastWindow) or window.count > _LONGEST:
        return None
    match computation:
        case Ordered(of=of) | Folded(ordered=of) if of is not None:
            return ReadSorted(of, need(Running).ordered, argument, least)
        case Sampled(sample=sample) if sample in _OF_PAIRS:
            running = need(_OF_PAIRS[sample])
            assert isinstance(running, RunningPairs)
            return running.reader_of_pairs(least)
    return None
