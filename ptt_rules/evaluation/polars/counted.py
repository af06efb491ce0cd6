"""Windows of a number of observations: the last ones, and the first ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from ptt_rules.evaluation.polars.arithmetic import Parts, same
from ptt_rules.evaluation.polars.cells import Cell
from ptt_rules.evaluation.polars.contents import Contents, statistic
from ptt_rules.evaluation.polars.early import Early, full_at
from ptt_rules.evaluation.polars.observations import AtHand
from ptt_rules.evaluation.polars.rolling import rolling, sampled
from ptt_rules.language.functions import Fold, Ordered, Sampled
from ptt_rules.language.ir import FirstWindow, LastWindow


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
    assert isinstance(cell.window, LastWindow)
    full = _Full(cell.window, at_hand, first)
    if cell.window.count < cell.least:
        return same(None, full.count, cell.dtype)
    kernel = rolling(cell.computation)
    if kernel is not None:
        rolled = kernel(at_hand.y, cell.window.count, cell.argument)
        return rolled.slice(full.end, full.count)
    return statistic(cell, full)


class _Full(Contents):
    """Full windows of the last ones: `count` of them, the first of which ends with one at `end`."""

    def __init__(self, window: LastWindow, at_hand: AtHand, first: int) -> None:
        self.window, self.at_hand = window, at_hand
        self.end, self.count = first - window.left_out, at_hand.count - first
        self.size = same(float(window.count), self.count)

    @property
    def start(self) -> int:
        """The first observation in the first of them."""
        return self.end - self.window.count + 1

    def true_ones(self) -> pl.Series:
        so_far = self.at_hand.y.cum_sum()
        before = so_far.slice(self.end - self.window.count, self.count)
        true_ones: pl.Series = so_far.slice(self.end, self.count) - before
        return true_ones

    def newest(self) -> pl.Series:
        return self.at_hand.y.slice(self.end, self.count)

    def oldest(self) -> pl.Series:
        return self.at_hand.y.slice(self.start, self.count)

    def fold(self, fold: Fold) -> Parts:
        return self.at_hand.blocks.fold(fold, self.window.count, self.end, self.count)

    def fold_others(self, fold: Fold) -> Parts:
        return self.at_hand.blocks.fold(fold, self.window.count - 1, self.end - 1, self.count)

    def sampled(self, cell: Cell, computation: Ordered | Sampled) -> pl.Series:
        starts = range(self.start, self.start + self.count)
        windows = ((start, self.window.count) for start in starts)
        return sampled(computation, self.at_hand.frame, windows, cell.argument)
