"""Windows of all observations so far, alike or with weights that fade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from ptt_rules.evaluation.polars.arithmetic import Parts, same
from ptt_rules.evaluation.polars.cells import Cell
from ptt_rules.evaluation.polars.contents import Contents, statistic
from ptt_rules.evaluation.polars.observations import AtHand
from ptt_rules.evaluation.polars.prefixes import PrefixFolds
from ptt_rules.language.functions import Fold, Folded, Ordered, Sampled


class SoFarColumns:
    """Aggregates over all observations of a stream so far."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells = cells
        computations = [cell.computation for cell in cells]
        folds = {one.fold for one in computations if isinstance(one, Folded)}
        self._folds = {fold: PrefixFolds(fold) for fold in folds}
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
        folds = {fold: prefix.advance(x, y) for fold, prefix in self._folds.items()}
        so_far = _SoFar(size, y, folds, self._true_ones, self._oldest)
        columns = [_column(cell, so_far) for cell in self._cells]
        if any(cell.is_of_truths for cell in self._cells):
            self._true_ones += float(y.sum())
        return columns

    def take_over(self, other: SoFarColumns) -> None:
        """Goes on from the past of others of the same aggregates."""
        self._folds = {fold: prefix.copy() for fold, prefix in other._folds.items()}
        self._true_ones, self._oldest = other._true_ones, other._oldest


def _column(cell: Cell, so_far: _SoFar) -> pl.Series:
    found = statistic(cell, so_far)
    return cell.where_known(found, so_far.size).alias(cell.name)


@dataclass(slots=True)
class _SoFar(Contents):
    """All observations up to each of the new ones `y`, of `trues` and `first` before them."""

    size: pl.Series
    y: pl.Series
    folds: Mapping[Fold, Parts]
    trues: float
    first: float | None

    def true_ones(self) -> pl.Series:
        true_ones: pl.Series = self.y.cum_sum() + self.trues
        return true_ones

    def newest(self) -> pl.Series:
        return self.y

    def oldest(self) -> pl.Series:
        return same(self.first, len(self.y))

    def fold(self, fold: Fold) -> Parts:
        return tuple(part.slice(1) for part in self.folds[fold])

    def fold_others(self, fold: Fold) -> Parts:
        return tuple(part.head(len(self.y)) for part in self.folds[fold])

    def sampled(self, cell: Cell, computation: Ordered | Sampled) -> pl.Series:
        raise TypeError("a window of all observations does not keep them")
