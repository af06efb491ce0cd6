"""What a statistic makes of the observations in many windows at once."""

from __future__ import annotations

from abc import ABC, abstractmethod

import polars as pl

from ptt_rules.evaluation.polars.arithmetic import COLUMNS, Parts
from ptt_rules.evaluation.polars.cells import Cell
from ptt_rules.language.functions import Ends, Fold, Folded, Ordered, Sampled, Tally


class Contents(ABC):
    """The observations in some windows, each window one place of the columns.

    `size` is how many observations are in each.

    Shape: (windows,)
    """

    size: pl.Series

    @abstractmethod
    def true_ones(self) -> pl.Series:
        """How many are true: sums of ones are exact in any order."""

    @abstractmethod
    def newest(self) -> pl.Series: ...

    @abstractmethod
    def oldest(self) -> pl.Series: ...

    @abstractmethod
    def fold(self, fold: Fold) -> Parts:
        """Their blocks."""

    @abstractmethod
    def fold_others(self, fold: Fold) -> Parts:
        """The blocks of all but the newest."""

    @abstractmethod
    def sampled(self, cell: Cell, computation: Ordered | Sampled) -> pl.Series:
        """What is read off the observations themselves."""


def statistic(cell: Cell, contents: Contents) -> pl.Series:
    """An aggregate of what is in each window, whether there are enough of them or not."""
    computation, size = cell.computation, contents.size
    found: pl.Series
    match computation:
        case Tally(finish=finish):
            found = finish(contents.true_ones() if cell.is_of_truths else size, size)
        case Ends(finish=finish):
            found = finish(contents.newest(), contents.oldest())
        case Folded(fold=fold, is_of_others=True):
            block = fold.block(contents.fold_others(fold), size - 1)
            found = computation.finish(COLUMNS)(block, size, contents.newest())
        case Folded(fold=fold):
            found = computation.finish(COLUMNS)(fold.block(contents.fold(fold), size), size)
        case Ordered() | Sampled():
            found = contents.sampled(cell, computation)
    return found
