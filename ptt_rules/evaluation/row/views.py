"""Row by row: aggregates of the windows of a history."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ptt_rules.evaluation.blocks import BlockRings
from ptt_rules.evaluation.row.delayed import delayed_by
from ptt_rules.evaluation.row.history import BoolHistory, History, Needs
from ptt_rules.evaluation.row.running import Running, running_reader
from ptt_rules.evaluation.row.streams import Now
from ptt_rules.language import Kind
from ptt_rules.language.functions import (
    FLOATS,
    SUM,
    Ends,
    Fold,
    Folded,
    Ordered,
    Sampled,
    Tally,
)
from ptt_rules.language.ir import (
    Aggregate,
    AllWindow,
    DecayWindow,
    FirstWindow,
    LastWindow,
    SpanWindow,
    Window,
)

Number = float | bool | None
ComputeWindow = Callable[[Now], Number]


def need_window(needs: Needs, window: Window) -> None:
    """Notes how far back a window reaches."""
    if isinstance(window, LastWindow):
        needs.reach = max(needs.reach, window.count + window.left_out)
    elif isinstance(window, SpanWindow):
        needs.need_span(window.measure, window.far_end)


def window_function(node: Aggregate, history: History, argument: float) -> ComputeWindow:
    """What an aggregate is at a row; asks the history for what it needs.

    All that its statistic computes is made here, once, for floats: at a row little is called.
    """
    delay = node.window.delay
    if delay is not None:
        at_once = replace(node, window=node.window.at_once)
        compute = window_function(at_once, history, argument)
        return history.need_delayed(delayed_by(delay, compute, node.of_nothing)).at
    window, computation = node.held, node.computation(argument)
    running = _running(node, history, argument)
    if running is not None:
        return running
    match computation:
        case Tally() if node.takes is Kind.BOOL:
            return _of_truths(node, computation, history)
        case Tally():
            return _of_size(computation, _view(window, history, None))
        case Ends():
            return _of_ends(computation, _view(window, history, None), node.least)
        case Folded():
            return _of_fold(computation, _view(window, history, computation.fold), node.least)
        case Ordered() | Sampled():
            view = _view(window, history, None)
            return _of_sample(computation, view, argument, node.least)


def _running(node: Aggregate, history: History, argument: float) -> ComputeWindow | None:
    window = node.held
    if not isinstance(window, LastWindow):
        return None

    def need(kind: type[Running]) -> Running:
        return history.need_running(kind, window.count, window.left_out)

    least = max(window.full_from, node.least)
    return running_reader(node.computation(argument), window, argument, least, need)


# ---- which observations --------------------------------------------------------------------


class View(ABC):
    """The observations in a window at a row, and their fold.

    `full_from` is how many there are where the window is known. What it tells of them is asked
    with how many there are: at least one.
    """

    def __init__(self, history: History, window: Window) -> None:
        self.history = history
        self.full_from = window.full_from

    @abstractmethod
    def length(self, now: Now) -> int:
        """How many there are."""

    @abstractmethod
    def fold(self, length: int) -> Any:
        """Their block."""

    @abstractmethod
    def fold_others(self, length: int) -> Any:
        """The block of all but the newest; there are at least two."""

    @abstractmethod
    def newest(self) -> float: ...

    @abstractmethod
    def oldest(self, length: int) -> float: ...

    @abstractmethod
    def samples(self, length: int) -> tuple[Sequence[float], Sequence[int]]:
        """Values and steps, the oldest first."""


class _Run(View):
    """Observations that end `before` observations ago."""

    def __init__(self, history: History, fold: Fold | None, window: Window) -> None:
        super().__init__(history, window)
        self.before = window.left_out
        reach = self.before + (window.count if isinstance(window, LastWindow) else 1)
        self._ring = None if fold is None else history.need_ring(fold, reach)

    def fold(self, length: int) -> Any:
        return self._folded(length, self.before)

    def fold_others(self, length: int) -> Any:
        return self._folded(length - 1, self.before + 1)

    def _folded(self, length: int, before: int) -> Any:
        assert self._ring is not None
        return self.history.fold(self._ring, length, before)

    def newest(self) -> float:
        return float(self.history.value(self.before))

    def oldest(self, length: int) -> float:
        return float(self.history.value(self.before + length - 1))

    def samples(self, length: int) -> tuple[Sequence[float], Sequence[int]]:
        return self.history.newest(length, self.before)


class _Last(_Run):
    def __init__(self, history: History, fold: Fold | None, window: LastWindow) -> None:
        super().__init__(history, fold, window)
        self.count = window.count

    @property
    def ring(self) -> BlockRings:
        """Blocks that reach as far back as the window."""
        assert self._ring is not None
        return self._ring

    def length(self, now: Now) -> int:
        ended = self.history.count - self.before
        if ended >= self.count:
            return self.count
        return ended if ended > 0 else 0

    def fold(self, length: int) -> Any:
        return self.ring.fold(length, self.before)

    def fold_others(self, length: int) -> Any:
        return self.ring.fold(length - 1, self.before + 1)


class _Span(_Run):
    def __init__(self, history: History, fold: Fold | None, window: SpanWindow) -> None:
        super().__init__(history, fold, window)
        self.window = window

    def length(self, now: Now) -> int:
        return self.history.in_span(self.window.measure, self.window.amount, now)


class _MovedSpan(_Span):
    """Both ends are moved: how many observations lie behind the near one is found at each row."""

    def length(self, now: Now) -> int:
        window, history = self.window, self.history
        self.before = history.ended_in_span(window.measure, window.near_end, now)
        return max(0, history.in_span(window.measure, window.far_end, now) - self.before)


class _Prefix(View):
    """Observations from a first one on: all, or `count` of them."""

    def __init__(
        self, history: History, fold: Fold | None, window: Window, count: int | None = None
    ) -> None:
        super().__init__(history, window)
        skip = window.left_out
        self._prefix = None if fold is None else history.need_prefix(fold, skip, count)
        self._first = history.need_firsts(skip, 1)

    def fold(self, length: int) -> Any:
        assert self._prefix is not None
        return self._prefix.folded

    def fold_others(self, length: int) -> Any:
        assert self._prefix is not None
        return self._prefix.before

    def oldest(self, length: int) -> float:
        return float(self._first[0][0])


class _All(_Prefix):
    def length(self, now: Now) -> int:
        return self.history.count

    def newest(self) -> float:
        return float(self.history.value())

    def samples(self, length: int) -> tuple[Sequence[float], Sequence[int]]:
        raise TypeError("a window of all observations does not keep them")


class _First(_Prefix):
    def __init__(self, history: History, fold: Fold | None, window: FirstWindow) -> None:
        super().__init__(history, fold, window, window.count)
        self.count, self.skip = window.count, window.skip
        self._final = history.need_firsts(window.skip + window.count - 1, 1)
        self._samples = [] if fold else history.need_firsts(window.skip, window.count)

    def length(self, now: Now) -> int:
        return max(0, min(self.count, self.history.count - self.skip))

    def newest(self) -> float:
        return float(self._final[0][0])

    def samples(self, length: int) -> tuple[Sequence[float], Sequence[int]]:
        return [value for value, _ in self._samples], [step for _, step in self._samples]


def _view(window: Window, history: History, fold: Fold | None) -> View:
    match window:
        case LastWindow():
            return _Last(history, fold, window)
        case FirstWindow():
            return _First(history, fold, window)
        case SpanWindow():
            return (_MovedSpan if window.before else _Span)(history, fold, window)
        case AllWindow() | DecayWindow():
            return _All(history, fold, window)


# ---- what of them --------------------------------------------------------------------------


def _of_fold(folded: Folded, view: View, least: int) -> ComputeWindow:
    finish, least = folded.finish(FLOATS), max(least, view.full_from)
    length_at = view.length
    if folded.is_of_others:
        fold_others = view.fold_others

        def of_others(now: Now) -> Number:
            length = length_at(now)
            if length < least:
                return None
            found: Number = finish(fold_others(length), length, view.newest())
            return found

        return of_others
    if isinstance(view, _Last):
        return _of_last(finish, view, least)
    fold = view.fold

    def of_all(now: Now) -> Number:
        length = length_at(now)
        return finish(fold(length), length) if length >= least else None

    return of_all


def _of_last(finish: Callable[[Any, int], Number], view: _Last, least: int) -> ComputeWindow:
    """Of the newest observations, as most windows are: their number and their fold by one call."""
    history, ring, count, before = view.history, view.ring, view.count, view.before

    def of_last(now: Now) -> Number:
        length = min(history.count - before, count)
        return finish(ring.fold(length, before), length) if length >= least else None

    return of_last


def _of_ends(ends: Ends, view: View, least: int) -> ComputeWindow:
    finish, least = ends.finish, max(least, view.full_from)

    def aggregate(now: Now) -> Number:
        length = view.length(now)
        return finish(view.newest(), view.oldest(length)) if length >= least else None

    return aggregate


def _of_sample(
    sampled: Ordered | Sampled, view: View, argument: float, least: int
) -> ComputeWindow:
    sample, least = sampled.sample, max(least, view.full_from)

    def aggregate(now: Now) -> Number:
        length = view.length(now)
        return sample(*view.samples(length), argument) if length >= least else None

    return aggregate


# ---- how many of them ----------------------------------------------------------------------


def _of_size(tally: Tally, view: View) -> ComputeWindow:
    """Of numbers, each of which counts: known of none as well."""
    finish, length_at, history = tally.finish, view.length, view.history

    def of_all(now: Now) -> Number:
        length = float(history.count)
        found: Number = finish(length, length)
        return found

    if isinstance(view, _All):  # of each key that a run logs: a call less
        return of_all

    def aggregate(now: Now) -> Number:
        length = float(length_at(now))
        found: Number = finish(length, length)
        return found

    return aggregate


def _of_truths(node: Aggregate, tally: Tally, history: History) -> ComputeWindow:
    window, finish, decided_by = node.held, tally.finish, node.statistic.decided_by
    assert isinstance(history, BoolHistory)
    is_first = isinstance(window, FirstWindow)
    view = _view(window, history, SUM if is_first else None)
    true_ones = view.fold if is_first else _counted(history, view)
    least = 0 if node.statistic.is_always_known else view.full_from
    most, before = (view.count, view.before) if isinstance(view, _Last) else (0, 0)

    def aggregate(now: Now) -> Number:
        # most windows are of the newest observations, of which there is nothing to ask
        length = min(max(history.count - before, 0), most) if most else view.length(now)
        if length < least and (decided_by is None or not length):
            return None
        found: Number = finish(float(true_ones(length)) if length else 0.0, length)
        return found if length >= least or found is decided_by else None

    return aggregate


def _counted(history: BoolHistory, view: View) -> Callable[[int], float]:
    """How many are true in a window that ends with a newest observation."""
    if not isinstance(view, _Run):
        return lambda length: history.trues
    if isinstance(view, _MovedSpan):
        return lambda length: history.true_ones(length, view.before)
    return partial(history.true_ones, before=view.before)
