"""Aggregates as they were a number of observations, or a span, ago: columns that are shifted."""

from __future__ import annotations

from abc import ABC, abstractmethod
from copy import copy

import polars as pl

from ptt_rules.evaluation.polars.arithmetic import at, chosen, same
from ptt_rules.evaluation.polars.cells import Cell
from ptt_rules.evaluation.polars.observations import COMPLETE, AtHand, Rows
from ptt_rules.language.ir import Length


class DelayedColumn(ABC):
    """What an aggregate was, from one chunk to the next: one column, which is not changed."""

    def __init__(self, cell: Cell, span: Length) -> None:
        self.cell, self.span = cell, span

    @abstractmethod
    def advance(self, column: pl.Series, at_hand: AtHand, rows: Rows) -> pl.Series:
        """Takes what the aggregate is at the new observations."""

    def renamed(self, cell: Cell) -> DelayedColumn:
        """That of another aggregate with the same past."""
        one = copy(self)
        one.cell = cell
        return one


class ByCount(DelayedColumn):
    """By a number of observations: it changes with them."""

    def __init__(self, cell: Cell, span: Length) -> None:
        super().__init__(cell, span)
        self._past = same(cell.of_nothing, int(span.amount), cell.dtype)

    def advance(self, column: pl.Series, at_hand: AtHand, rows: Rows) -> pl.Series:
        """Shape: (new observations,)"""
        whole = pl.concat([self._past, column.alias("")])
        self._past = whole.tail(int(self.span.amount))
        earlier: pl.Series = whole.head(len(column)).rechunk()
        return earlier.alias(self.cell.name)


class BySpan(DelayedColumn):
    """By a span of steps, time or epochs: it changes with the rows."""

    def __init__(self, cell: Cell, span: Length) -> None:
        super().__init__(cell, span)
        self._past = pl.Series([], dtype=cell.dtype)
        self._stamps = pl.Series([], dtype=pl.Float64)

    def advance(self, column: pl.Series, at_hand: AtHand, rows: Rows) -> pl.Series:
        """Shape: (rows,)"""
        new = at_hand.new(COMPLETE[self.span.measure]).cast(pl.Float64).alias("")
        stamps = pl.concat([self._stamps, new]).rechunk()
        past = pl.concat([self._past, column.alias("")]).rechunk()
        then = rows.stamps(self.span.measure) - self.span.amount
        seen = stamps.search_sorted(then, side="right").cast(pl.Int64)
        is_before = then.is_null() | (seen == 0)
        nothing = same(self.cell.of_nothing, len(then), self.cell.dtype)
        found = chosen(is_before, nothing, at(past, (seen - 1).set(is_before, None)))
        if len(seen) and seen[-1] > 1 and not is_before[-1]:
            stamps, past = stamps.slice(seen[-1] - 1), past.slice(seen[-1] - 1)
        self._stamps, self._past = stamps, past
        return found.alias(self.cell.name)


def delayed(cell: Cell) -> DelayedColumn | None:
    """What delays an aggregate; None: it is of the newest row."""
    span = cell.node.window.delay
    if span is None:
        return None
    return ByCount(cell, span) if span.is_counted else BySpan(cell, span)
