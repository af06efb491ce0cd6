"""Row by row: aggregates of the windows of a history."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ptt_rules.evaluation.merges import Merge, merge_of
from ptt_rules.evaluation.row.history import BoolHistory, History, Needs
from ptt_rules.evaluation.row.running import reader, running_kind
from ptt_rules.evaluation.row.streams import Now
from ptt_rules.evaluation.samples import SAMPLES
from ptt_rules.language import Kind
from ptt_rules.language.functions import AGGREGATES
from ptt_rules.language.ir import (
    Aggregate,
    AllWindow,
    DecayWindow,
    FirstWindow,
    LastWindow,
    SpanWindow,
    Statistic,
    Window,
)

Number = float | bool | None
ComputeWindow = Callable[[Now], Number]


def narrowed(window: Window) -> Window:
    """The window over pairs of neighbours that lie in a window: it has one pair fewer."""
    if isinstance(window, LastWindow):
        return LastWindow(window.count - 1, window.before, window.known_from - 1)
    if isinstance(window, FirstWindow):
        return FirstWindow(window.count - 1, window.skip)
    return window


def need_window(needs: Needs, window: Window) -> None:
    """Notes how far back a window reaches."""
    if isinstance(window, LastWindow):
        needs.reach = max(needs.reach, window.count + window.before)
    elif isinstance(window, SpanWindow):
        needs.need_span(window.measure, window.amount)


def window_function(node: Aggregate, history: History, argument: float) -> ComputeWindow:
    """What an aggregate is at a row; asks the history for what it needs."""
    if node.takes is Kind.BOOL:
        return _of_truths(node, history)
    running = _of_running(node, history, argument)
    if running is not None:
        return running
    window = narrowed(node.window) if node.statistic is Statistic.AUTOCORR else node.window
    is_count = node.statistic is Statistic.COUNT
    merge = None if is_count else merge_of(node.statistic, window, argument)
    return _of_numbers(node, _view(window, history, merge), argument)


# ---- which observations --------------------------------------------------------------------


class View(ABC):
    """The observations in a window at a row, and their fold."""

    def __init__(self, history: History) -> None:
        self.history = history

    @abstractmethod
    def length(self, now: Now) -> int:
        """How many there are."""

    def is_full(self, now: Now) -> bool:
        return self.length(now) > 0

    @abstractmethod
    def fold(self, now: Now) -> Any:
        """Their block; there is at least one."""

    @abstractmethod
    def fold_others(self, now: Now) -> Any:
        """The block of all but the newest; there are at least two."""

    @abstractmethod
    def newest(self, now: Now) -> float: ...

    @abstractmethod
    def oldest(self, now: Now) -> float: ...

    @abstractmethod
    def samples(self, now: Now) -> tuple[Sequence[float], Sequence[int]]:
        """Values and steps, the oldest first."""


class _Run(View):
    """Observations that end some observations ago."""

    def __init__(
        self, history: History, merge: Merge | None, before: int = 0, count: int = 1
    ) -> None:
        super().__init__(history)
        self.before = before
        self._ring = None if merge is None else history.need_ring(merge, before + count)

    def fold(self, now: Now) -> Any:
        return self._folded(self.length(now), self.before)

    def fold_others(self, now: Now) -> Any:
        return self._folded(self.length(now) - 1, self.before + 1)

    def _folded(self, length: int, before: int) -> Any:
        assert self._ring is not None
        return self.history.fold(self._ring, length, before)

    def newest(self, now: Now) -> float:
        return float(self.history.value(self.before))

    def oldest(self, now: Now) -> float:
        return float(self.history.value(self.before + self.length(now) - 1))

    def samples(self, now: Now) -> tuple[Sequence[float], Sequence[int]]:
        return self.history.newest(self.length(now), self.before)


class _Last(_Run):
    def __init__(self, history: History, merge: Merge | None, window: LastWindow) -> None:
        super().__init__(history, merge, window.before, window.count)
        self.count, self.known_from = window.count, window.known_from

    def length(self, now: Now) -> int:
        ended = self.history.count - self.before
        if ended >= self.count:
            return self.count
        return ended if ended > 0 else 0

    def is_full(self, now: Now) -> bool:
        return self.history.count - self.before >= self.known_from

    def _folded(self, length: int, before: int) -> Any:
        # the ring reaches as far back as the window
        assert self._ring is not None
        return self._ring.fold(length, before)


class _Span(_Run):
    def __init__(self, history: History, merge: Merge | None, window: SpanWindow) -> None:
        super().__init__(history, merge)
        self.window = window

    def length(self, now: Now) -> int:
        return self.history.in_span(self.window.measure, self.window.amount, now)


class _Prefix(View):
    """Observations from a first one on: all, or so many of them."""

    def __init__(
        self, history: History, merge: Merge | None, skip: int = 0, count: int | None = None
    ) -> None:
        super().__init__(history)
        self._prefix = None if merge is None else history.need_prefix(merge, skip, count)
        self._first = history.need_firsts(skip, 1)

    def fold(self, now: Now) -> Any:
        assert self._prefix is not None
        return self._prefix.folded

    def fold_others(self, now: Now) -> Any:
        assert self._prefix is not None
        return self._prefix.before

    def oldest(self, now: Now) -> float:
        return float(self._first[0][0])


class _All(_Prefix):
    def length(self, now: Now) -> int:
        return self.history.count

    def newest(self, now: Now) -> float:
        return float(self.history.value())

    def samples(self, now: Now) -> tuple[Sequence[float], Sequence[int]]:
        raise TypeError("a window of all observations does not keep them")


class _First(_Prefix):
    def __init__(self, history: History, merge: Merge | None, window: FirstWindow) -> None:
        super().__init__(history, merge, window.skip, window.count)
        self.count, self.skip = window.count, window.skip
        self._final = history.need_firsts(window.skip + window.count - 1, 1)
        self._samples = [] if merge else history.need_firsts(window.skip, window.count)

    def length(self, now: Now) -> int:
        return max(0, min(self.count, self.history.count - self.skip))

    def is_full(self, now: Now) -> bool:
        return self.length(now) >= self.count

    def newest(self, now: Now) -> float:
        return float(self._final[0][0])

    def samples(self, now: Now) -> tuple[Sequence[float], Sequence[int]]:
        return [value for value, _ in self._samples], [step for _, step in self._samples]


def _view(window: Window, history: History, merge: Merge | None) -> View:
    match window:
        case LastWindow():
            return _Last(history, merge, window)
        case FirstWindow():
            return _First(history, merge, window)
        case SpanWindow():
            return _Span(history, merge, window)
        case AllWindow() | DecayWindow():
            return _All(history, merge)


# ---- what of them --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finish:
    """How a statistic is read off a view, and of how few observations it is known."""

    of: Callable[[View, Now], Number]
    least: int = 1


def _of_numbers(node: Aggregate, view: View, argument: float) -> ComputeWindow:
    if node.statistic is Statistic.COUNT:
        return lambda now: float(view.length(now))
    finish = _finish(node, argument)
    of, least = finish.of, finish.least
    if least == 1:
        return lambda now: of(view, now) if view.is_full(now) else None

    def aggregate(now: Now) -> Number:
        is_known = view.is_full(now) and view.length(now) >= least
        return of(view, now) if is_known else None

    return aggregate


def _finish(node: Aggregate, argument: float) -> Finish:
    statistic = node.statistic
    least = AGGREGATES[statistic.value].least_count
    if statistic is Statistic.AUTOCORR:
        return Finish(_correlation, least - 1)
    if isinstance(node.window, DecayWindow):
        return Finish(_DECAYED[statistic], least)
    if statistic in SAMPLES:
        sample = SAMPLES[statistic]
        return Finish(lambda view, now: sample(*view.samples(now), argument), least)
    return Finish(_FOLDED[statistic], least)


def _folded(view: View, now: Now) -> Number:
    folded: float = view.fold(now)
    return folded


def _mean(view: View, now: Now) -> Number:
    total: float = view.fold(now)
    return total / view.length(now)


def _variance(view: View, now: Now) -> float:
    squares: float = view.fold(now)[2]
    return squares / (view.length(now) - 1)


def _slope(view: View, now: Now) -> Number:
    _, _, _, xx, xy, _ = view.fold(now)
    return None if xx == 0 else xy / xx


def _correlation(view: View, now: Now) -> Number:
    _, _, _, xx, xy, yy = view.fold(now)
    below = math.sqrt(xx) * math.sqrt(yy)
    if below == 0:
        return None
    found = xy / below
    return 1.0 if found > 1 else -1.0 if found < -1 else found


def _zscore(view: View, now: Now) -> Number:
    _, mean, squares = view.fold_others(now)
    deviation = math.sqrt(squares / (view.length(now) - 2))
    return None if deviation == 0 else (view.newest(now) - mean) / deviation


def _cusum(view: View, now: Now) -> Number:
    floor: float
    _, floor, shift = view.fold(now)
    return shift if shift > floor else floor


_FOLDED: dict[Statistic, Callable[[View, Now], Number]] = {
    Statistic.SUM: _folded,
    Statistic.MEAN: _mean,
    Statistic.MIN: _folded,
    Statistic.MAX: _folded,
    Statistic.STD: lambda view, now: math.sqrt(_variance(view, now)),
    Statistic.VAR: _variance,
    Statistic.LAST: lambda view, now: view.newest(now),
    Statistic.DELTA: lambda view, now: view.newest(now) - view.oldest(now),
    Statistic.SLOPE: _slope,
    Statistic.CORR: _correlation,
    Statistic.ZSCORE: _zscore,
    Statistic.CUSUM: _cusum,
}


def _decayed_sum(view: View, now: Now) -> float:
    _, weight, _, mean, _ = view.fold(now)
    total: float = weight * mean
    return total


def _decayed_mean(view: View, now: Now) -> float:
    mean: float = view.fold(now)[3]
    return mean


def _decayed_variance(view: View, now: Now) -> float:
    """Null: never: two observations have weights of which neither is all"""
    _, weight, squared_weights, _, squares = view.fold(now)
    variance: float = squares / (weight - squared_weights / weight)
    return variance


_DECAYED: dict[Statistic, Callable[[View, Now], Number]] = {
    Statistic.SUM: _decayed_sum,
    Statistic.MEAN: _decayed_mean,
    Statistic.STD: lambda view, now: math.sqrt(_decayed_variance(view, now)),
    Statistic.VAR: _decayed_variance,
}


# ---- windows that are kept sorted ----------------------------------------------------------


def _of_running(node: Aggregate, history: History, argument: float) -> ComputeWindow | None:
    kind = running_kind(node.statistic, node.window)
    if kind is None:
        return None
    assert isinstance(node.window, LastWindow)
    running = history.need_running(kind, node.window.count, node.window.before)
    least = max(node.window.known_from, AGGREGATES[node.statistic.value].least_count)
    return reader(node.statistic, running, argument, least)


# ---- truths --------------------------------------------------------------------------------


def _of_truths(node: Aggregate, history: History) -> ComputeWindow:
    window, statistic = node.window, node.statistic
    assert isinstance(history, BoolHistory)
    if isinstance(window, DecayWindow) and statistic is Statistic.SHARE:
        decayed = _view(window, history, merge_of(statistic, window))
        return lambda now: _decayed_mean(decayed, now) if decayed.is_full(now) else None
    if isinstance(window, FirstWindow):
        view = _view(window, history, merge_of(statistic, window))
        return _truths_of(statistic, view, lambda now: view.fold(now) if view.length(now) else 0)
    view = _view(window, history, None)
    return _truths_of(statistic, view, _counted(history, view, window))


def _counted(history: BoolHistory, view: View, window: Window) -> Callable[[Now], float]:
    """How many are true in a window that ends with a newest observation."""
    if isinstance(window, (AllWindow, DecayWindow)):
        return lambda now: history.trues
    before = window.before if isinstance(window, LastWindow) else 0
    return lambda now: history.true_ones(view.length(now), before)


def _truths_of(
    statistic: Statistic, view: View, true_ones: Callable[[Now], float]
) -> ComputeWindow:
    def count(now: Now) -> Number:
        return float(true_ones(now))

    def share(now: Now) -> Number:
        return true_ones(now) / view.length(now) if view.is_full(now) else None

    def any_true(now: Now) -> Number:
        if true_ones(now) > 0:
            return True
        return False if view.is_full(now) else None

    def all_true(now: Now) -> Number:
        if true_ones(now) < view.length(now):
            return False
        return True if view.is_full(now) else None

    return {
        Statistic.COUNT: count,
        Statistic.SHARE: share,
        Statistic.ANY: any_true,
        Statistic.ALL: all_true,
    }[statistic]
