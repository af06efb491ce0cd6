"""Windows of all observations so far, alike or with weights that fade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from ptt_rules.evaluation.merges import Merge
from ptt_rules.evaluation.polars.cells import Cell
from ptt_rules.evaluation.polars.finish import of_decay, of_fold, of_truths, of_zscore
from ptt_rules.evaluation.polars.merges import Columns, same
from ptt_rules.evaluation.polars.observations import AtHand
from ptt_rules.evaluation.polars.prefixes import PrefixFolds
from ptt_rules.language.ir import DecayWindow, Statistic


class SoFarColumns:
    """Aggregates over all observations of a stream so far."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells = cells
        merges = {cell.merge for cell in cells if _is_folded(cell)}
        self._folds = {merge: PrefixFolds(merge) for merge in merges if merge is not None}
        self._true_ones = 0.0
        self._oldest: float | None = None

    def advance(self, at_hand: AtHand) -> list[pl.Series]:
        """Shape: (new observations,) for each aggregate"""
        if not self._cells:
            return []
        new = at_hand.frame.slice(at_hand.kept)
        y, x = new["y"], new["x"] if "x" in new.columns else new["y"]
        if self._oldest is None and len(y):
            self._oldest = y[0]
        first = at_hand.before + at_hand.kept + 1
        size = pl.int_range(first, first + len(y), eager=True).cast(pl.Float64)
        folds = {merge: fold.advance(x, y) for merge, fold in self._folds.items()}
        columns = [self._column(cell, y, size, folds) for cell in self._cells]
        if any(cell.is_of_truths for cell in self._cells):
            self._true_ones += float(y.sum())
        return columns

    def _column(
        self, cell: Cell, y: pl.Series, size: pl.Series, folds: Mapping[Merge, Columns]
    ) -> pl.Series:
        if _is_folded(cell):
            assert cell.merge is not None
            found = _of_folds(cell, y, size, folds[cell.merge])
        elif cell.is_of_truths:
            found = of_truths(cell.statistic, y.cum_sum() + self._true_ones, size)
        elif cell.statistic is Statistic.COUNT:
            found = size
        elif cell.statistic is Statistic.DELTA:
            found = y - same(self._oldest, len(y))
        else:
            found = y
        if cell.least > 1:
            found = found.set(size < cell.least, None)
        return found.alias(cell.name)

    def take_over(self, other: SoFarColumns) -> None:
        """Goes on from the past of others of the same aggregates."""
        self._folds = {merge: fold.copy() for merge, fold in other._folds.items()}
        self._true_ones, self._oldest = other._true_ones, other._oldest


def _is_folded(cell: Cell) -> bool:
    if cell.is_of_truths:
        return isinstance(cell.window, DecayWindow) and cell.statistic is Statistic.SHARE
    return cell.statistic not in (Statistic.COUNT, Statistic.LAST, Statistic.DELTA)


def _of_folds(cell: Cell, y: pl.Series, size: pl.Series, folds: Columns) -> pl.Series:
    """A statistic at each observation of the folds before it and with it."""
    if cell.statistic is Statistic.ZSCORE:
        return of_zscore(y, tuple(part.head(len(y)) for part in folds), size)
    parts = tuple(part.slice(1) for part in folds)
    if isinstance(cell.window, DecayWindow):
        return of_decay(cell.statistic, parts)
    return of_fold(cell.statistic, parts, size)
