"""Row by row: aggregates of the windows of a history."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ptt_rules.backends.history import History
from ptt_rules.backends.merges import MERGE_OF, Merge
from ptt_rules.ir import nodes
from ptt_rules.ir.nodes import Statistic
from ptt_rules.types import Kind

Number = float | bool | None
ComputeWindow = Callable[[int], Number]
"""A function of the newest row's step."""


@dataclass(frozen=True, slots=True)
class View:
    """The observations in a window now: how many, whether it is full, and their fold."""

    length: Callable[[int], int]
    is_full: Callable[[int], bool]
    fold: Callable[[int], Any]
    values: Callable[[int], list[float]]


def window_function(node: nodes.Aggregate, history: History) -> ComputeWindow:
    """What an aggregate is at a row; asks the history for what it needs.

    Errors: an aggregate of MEDIAN over an unbounded window is refused by the checker
    """
    view = _view(node, history)
    if node.series.kind is Kind.TRUTH:
        return _of_truths(node.statistic, view)
    return _of_numbers(node.statistic, view)


# ---- which observations --------------------------------------------------------------------


def _view(node: nodes.Aggregate, history: History) -> View:
    merge = _merge(node)
    match node.window:
        case nodes.LastWindow(count=count):
            return _last(history, merge, count)
        case nodes.FirstWindow(count=count):
            return _first(history, merge, count)
        case nodes.AllWindow():
            return _all(history, merge)
        case nodes.StepsWindow(steps=steps):
            return _steps(history, merge, steps)


def _merge(node: nodes.Aggregate) -> Merge | None:
    """The blocks that an aggregate needs; counting numbers needs none."""
    if node.statistic is Statistic.COUNT and node.series.kind is Kind.NUMBER:
        return None
    return MERGE_OF.get(node.statistic)


def _last(history: History, merge: Merge | None, count: int) -> View:
    if merge is not None:
        history.need_ring(merge)
    return View(
        length=lambda now: min(count, history.count),
        is_full=lambda now: history.count >= count,
        fold=lambda now: history.fold(_given(merge), min(count, history.count)),
        values=lambda now: history.values[-count:],
    )


def _first(history: History, merge: Merge | None, count: int) -> View:
    if merge is None:
        history.need_first(count)
    else:
        history.need_prefix(merge, count)
    return View(
        length=lambda now: min(count, history.count),
        is_full=lambda now: history.count >= count,
        fold=lambda now: history.fold_prefix(_given(merge), count),
        values=lambda now: history.first(count),
    )


def _all(history: History, merge: Merge | None) -> View:
    if merge is not None:
        history.need_prefix(merge, None)
    return View(
        length=lambda now: history.count,
        is_full=lambda now: history.count > 0,
        fold=lambda now: history.fold_prefix(_given(merge), None),
        values=lambda now: history.values[-1:],
    )


def _steps(history: History, merge: Merge | None, steps: int) -> View:
    if merge is not None:
        history.need_ring(merge)
    return View(
        length=lambda now: history.in_span(steps, now),
        is_full=lambda now: history.in_span(steps, now) > 0,
        fold=lambda now: history.fold(_given(merge), history.in_span(steps, now)),
        values=lambda now: history.values[-1:],
    )


def _given(merge: Merge | None) -> Merge:
    assert merge is not None
    return merge


# ---- what of them --------------------------------------------------------------------------


def _of_numbers(statistic: Statistic, view: View) -> ComputeWindow:
    finish = _FINISH[statistic]

    def aggregate(now: int) -> Number:
        return finish(view, now) if view.is_full(now) else None

    if statistic is Statistic.COUNT:
        return lambda now: float(view.length(now))
    return aggregate


def _folded(view: View, now: int) -> Number:
    folded: float = view.fold(now)
    return folded


def _mean(view: View, now: int) -> Number:
    total: float = view.fold(now)
    return total / view.length(now)


def _variance(view: View, now: int) -> float | None:
    """Null: of one observation, which has no spread"""
    length = view.length(now)
    if length < 2:
        return None
    squares: float = view.fold(now)[2]
    return squares / (length - 1)


def _deviation(view: View, now: int) -> Number:
    variance = _variance(view, now)
    return None if variance is None else math.sqrt(variance)


def _median(view: View, now: int) -> Number:
    ordered = sorted(view.values(now))
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def _newest(view: View, now: int) -> Number:
    return view.values(now)[-1]


_FINISH: dict[Statistic, Callable[[View, int], Number]] = {
    Statistic.COUNT: lambda view, now: float(view.length(now)),
    Statistic.SUM: _folded,
    Statistic.MEAN: _mean,
    Statistic.MEDIAN: _median,
    Statistic.MIN: _folded,
    Statistic.MAX: _folded,
    Statistic.STD: _deviation,
    Statistic.VAR: _variance,
    Statistic.LAST: _newest,
}


def _of_truths(statistic: Statistic, view: View) -> ComputeWindow:
    def true_ones(now: int) -> float:
        folded: float = view.fold(now) if view.length(now) else 0.0
        return folded

    def count(now: int) -> Number:
        return true_ones(now)

    def share(now: int) -> Number:
        return true_ones(now) / view.length(now) if view.is_full(now) else None

    def any_true(now: int) -> Number:
        if true_ones(now) > 0:
            return True
        return False if view.is_full(now) else None

    def all_true(now: int) -> Number:
        if true_ones(now) < view.length(now):
            return False
        return True if view.is_full(now) else None

    return {
        Statistic.COUNT: count,
        Statistic.SHARE: share,
        Statistic.ANY: any_true,
        Statistic.ALL: all_true,
    }[statistic]
