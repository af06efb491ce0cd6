"""Windows of a number of observations: the last ones, and the first ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from ptt_rules.evaluation.polars.cells import Cell
from ptt_rules.evaluation.polars.early import Early, full_at
from ptt_rules.evaluation.polars.finish import of_fold, of_truths, of_zscore
from ptt_rules.evaluation.polars.merges import same, without_sign
from ptt_rules.evaluation.polars.observations import AtHand
from ptt_rules.evaluation.polars.samples import is_rolling, rolling, sampled
from ptt_rules.evaluation.samples import SAMPLES
from ptt_rules.language.ir import FirstWindow, LastWindow, Statistic


class CountedColumns:
    """Aggregates over windows that are full with a number of observations."""

    def __init__(self, cells: Sequence[Cell], *, is_of_pairs: bool) -> None:
        self._cells = cells
        self._early = Early(cells, is_of_pairs=is_of_pairs)
        self._frozen: dict[int, Any] = {}

    @property
    def reach(self) -> int:
        """How many of the newest observations the next chunk needs."""
        windows = [cell.window for cell in self._cells]
        return max((full_at(w) for w in windows if isinstance(w, LastWindow)), default=0)

    def advance(self, at_hand: AtHand) -> list[pl.Series]:
        """Shape: (new observations,) for each aggregate"""
        early = self._early.advance(at_hand)
        return [self._column(cell, at_hand, early[cell.number]) for cell in self._cells]

    def _column(self, cell: Cell, at_hand: AtHand, early: Sequence[Any]) -> pl.Series:
        """The early values, and behind them those of full windows."""
        if early and isinstance(cell.window, FirstWindow):
            self._frozen[cell.number] = early[-1]
        left = at_hand.new_count - len(early)
        if early and not left:
            return pl.Series(cell.name, early, dtype=cell.dtype)
        if isinstance(cell.window, FirstWindow):
            frozen = self._frozen.get(cell.number)
            full = same(frozen, left, cell.dtype)
        else:
            full = _of_full(cell, at_hand, at_hand.kept + len(early))
        if early:
            full = pl.Series(early, dtype=cell.dtype).append(full).rechunk()
        return full.alias(cell.name)

    def take_over(self, other: CountedColumns) -> None:
        """Goes on from the past of others with the same windows."""
        self._early.take_over(other._early)
        for mine, theirs in zip(self._cells, other._cells, strict=True):
            if theirs.number in other._frozen:
                self._frozen[mine.number] = other._frozen[theirs.number]


def _of_full(cell: Cell, at_hand: AtHand, first: int) -> pl.Series:
    """An aggregate over full windows of the last ones, at the observations from one on."""
    window, statistic = cell.window, cell.statistic
    assert isinstance(window, LastWindow)
    count = window.count
    newest = at_hand.y.slice(first - window.before, at_hand.count - first)
    size = same(float(count), len(newest))
    if count < cell.least:
        return same(None, len(newest), cell.dtype)
    if cell.is_of_truths:
        return of_truths(statistic, _true_ones(window, at_hand, first), size)
    match statistic:
        case Statistic.COUNT:
            return size
        case Statistic.LAST:
            return newest
        case Statistic.DELTA:
            oldest = first - window.before - count + 1
            delta: pl.Series = newest - at_hand.y.slice(oldest, len(newest))
            return delta
        case Statistic.MIN:
            return _rolled(cell, without_sign(at_hand.y).rolling_min(count), at_hand, first)
        case Statistic.MAX:
            return _rolled(cell, without_sign(at_hand.y).rolling_max(count), at_hand, first)
    if statistic in SAMPLES:
        return _sampled(cell, at_hand, first)
    assert cell.merge is not None
    end, length = first - window.before, len(newest)
    if statistic is Statistic.ZSCORE:
        others = at_hand.blocks.fold(cell.merge, count - 1, end - 1, length)
        return of_zscore(newest, others, size)
    return of_fold(statistic, at_hand.blocks.fold(cell.merge, count, end, length), size)


def _rolled(cell: Cell, rolled: pl.Series, at_hand: AtHand, first: int) -> pl.Series:
    """What was computed at all observations at hand, at those from one on."""
    assert isinstance(cell.window, LastWindow)
    return rolled.slice(first - cell.window.before, at_hand.count - first)


def _true_ones(window: LastWindow, at_hand: AtHand, first: int) -> pl.Series:
    """Number of true ones: sums of ones are exact in any order."""
    so_far = at_hand.y.cum_sum()
    end, length = first - window.before, at_hand.count - first
    true_ones: pl.Series = so_far.slice(end, length) - so_far.slice(end - window.count, length)
    return true_ones


def _sampled(cell: Cell, at_hand: AtHand, first: int) -> pl.Series:
    window = cell.window
    assert isinstance(window, LastWindow)
    if is_rolling(cell.statistic):
        rolled = rolling(cell.statistic, at_hand.y, window.count, cell.argument)
        return _rolled(cell, rolled, at_hand, first)
    oldest = first - window.before - window.count + 1
    starts = range(oldest, oldest + at_hand.count - first)
    windows = ((start, window.count) for start in starts)
    return sampled(cell.statistic, at_hand.frame, windows, cell.argument)
