"""Windows of spans of steps or time, which move with every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ptt_rules.evaluation.polars.arithmetic import Parts, at, chosen
from ptt_rules.evaluation.polars.cells import Cell
from ptt_rules.evaluation.polars.contents import Contents, statistic
from ptt_rules.evaluation.polars.observations import AtHand, Rows, span_ends, span_starts
from ptt_rules.evaluation.polars.rolling import sampled
from ptt_rules.language.functions import Fold, Ordered, Sampled
from ptt_rules.language.ir import SpanWindow

_FEW_LENGTHS = 3
"""Up to so many different lengths, each is folded for itself: cheaper than run by run."""


@dataclass(frozen=True)
class _Runs:
    """The observations in a span at each row: the first one, and how many.

    Shape: (rows,)
    """

    start: pl.Series
    length: pl.Series

    @property
    def newest(self) -> pl.Series:
        """Place of the newest observation; null in an empty span."""
        newest: pl.Series = self.start + self.length - 1
        return newest.set(self.length == 0, None)

    @property
    def oldest(self) -> pl.Series:
        return self.start.set(self.length == 0, None)

    def without_newest(self) -> _Runs:
        return _Runs(self.start, (self.length - 1).clip(lower_bound=0))


class SpanColumns:
    """Aggregates over spans; nothing is carried but the observations in them."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._by_window: dict[SpanWindow, list[Cell]] = {}
        for cell in cells:
            assert isinstance(cell.window, SpanWindow)
            self._by_window.setdefault(cell.window, []).append(cell)

    def reach(self, at_hand: AtHand, rows: Rows) -> int:
        """How many of the newest observations the next chunk can need."""
        starts = [span_starts(at_hand, window, rows.last)[0] for window in self._by_window]
        return at_hand.count - min(starts, default=at_hand.count)

    def advance(self, at_hand: AtHand, rows: Rows) -> list[pl.Series]:
        """Shape: (rows,) for each aggregate"""
        return [
            _column(cell, at_hand, runs)
            for window, cells in self._by_window.items()
            for runs in [_runs(at_hand, window, rows)]
            for cell in cells
        ]


def _runs(at_hand: AtHand, window: SpanWindow, rows: Rows) -> _Runs:
    start, end = span_starts(at_hand, window, rows), span_ends(at_hand, window, rows)
    return _Runs(start, (end - start).clip(lower_bound=0))


def _column(cell: Cell, at_hand: AtHand, runs: _Runs) -> pl.Series:
    found = statistic(cell, _InRuns(at_hand, runs))
    return cell.where_known(found, runs.length).alias(cell.name)


class _InRuns(Contents):
    """The observations in runs, some of which may be empty."""

    def __init__(self, at_hand: AtHand, runs: _Runs) -> None:
        self.at_hand, self.runs = at_hand, runs
        self.size = runs.length.cast(pl.Float64)

    def true_ones(self) -> pl.Series:
        so_far = pl.Series([0.0]).append(self.at_hand.y.cum_sum())
        end = self.runs.start + self.runs.length
        true_ones: pl.Series = so_far.gather(end) - so_far.gather(self.runs.start)
        return true_ones

    def newest(self) -> pl.Series:
        return at(self.at_hand.y, self.runs.newest)

    def oldest(self) -> pl.Series:
        return at(self.at_hand.y, self.runs.oldest)

    def fold(self, fold: Fold) -> Parts:
        return _fold(self.at_hand, fold, self.runs)

    def fold_others(self, fold: Fold) -> Parts:
        return _fold(self.at_hand, fold, self.runs.without_newest())

    def sampled(self, cell: Cell, computation: Ordered | Sampled) -> pl.Series:
        windows = zip(self.runs.start, self.runs.length, strict=True)
        return sampled(computation, self.at_hand.frame, windows, cell.argument)


def _fold(at_hand: AtHand, fold: Fold, runs: _Runs) -> Parts:
    """The fold of the observations in each run; null for none."""
    blocks, lengths = at_hand.blocks, runs.length.unique().sort().to_list()
    if len(lengths) > _FEW_LENGTHS or lengths == [0]:
        return blocks.fold_runs(fold, runs.start, runs.length)
    found: Parts | None = None
    for length in filter(None, lengths):
        is_so_long = runs.length == length
        # the first fold is that of the run that starts with the first observation
        folds = blocks.fold(fold, length, length - 1, at_hand.count - length + 1)
        columns = tuple(at(part, runs.start.set(~is_so_long, None)) for part in folds)
        pairs = zip(columns, found or columns, strict=True)
        found = tuple(chosen(is_so_long, new, old) for new, old in pairs)
    assert found is not None
    return found
