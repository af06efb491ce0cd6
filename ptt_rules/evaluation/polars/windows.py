"""The aggregates of one stream as columns, from one chunk of rows to the next.

A window of the last observations, of the first ones or of all so far changes only where there
is a new observation: it is computed there and brought back to the rows. A span moves with the
rows and is computed for each. What an aggregate was a while ago is its column, shifted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from ptt_rules.evaluation.polars.cells import Cell
from ptt_rules.evaluation.polars.counted import CountedColumns
from ptt_rules.evaluation.polars.delayed import BySpan, delayed
from ptt_rules.evaluation.polars.observations import COMPLETE, STAMPS, Observations, Rows
from ptt_rules.evaluation.polars.so_far import SoFarColumns
from ptt_rules.evaluation.polars.spans import SpanColumns
from ptt_rules.evaluation.row import Stream
from ptt_rules.language.functions import Folded, Ordered, Sampled
from ptt_rules.language.ir import AllWindow, DecayWindow, FirstWindow, LastWindow, SpanWindow


class StreamColumns:
    """All aggregates of the observations of one stream."""

    def __init__(self, stream: Stream, cells: Sequence[Cell]) -> None:
        is_of_pairs = stream.is_lagged or len(stream.inputs) > 1
        asked = {name for cell in cells for name in _columns(cell)}
        names = asked | {"y"} | ({"x"} if is_of_pairs else set())
        self._observations = Observations(stream, frozenset(names))
        self._delayed = {cell.name: late for cell in cells if (late := delayed(cell))}
        of_now = [cell.at_once if cell.name in self._delayed else cell for cell in cells]
        counted = [cell for cell in of_now if isinstance(cell.window, (LastWindow, FirstWindow))]
        so_far = [cell for cell in of_now if isinstance(cell.window, (AllWindow, DecayWindow))]
        self._counted = CountedColumns(counted, is_of_pairs=is_of_pairs)
        self._so_far = SoFarColumns(so_far)
        self._spans = SpanColumns([c for c in cells if isinstance(c.window, SpanWindow)])
        self._latest: list[Any] = [
            cell.of_nothing
            for cell in (*counted, *so_far)
            if not isinstance(self._delayed.get(cell.name), BySpan)
        ]

    def advance(self, series: tuple[pl.Series, ...], rows: Rows) -> list[pl.Series]:
        """Shape: (rows,) for each aggregate, named by its number"""
        at_hand = self._observations.advance(series, rows)
        columns: list[pl.Series] = []
        spans = self._spans.advance(at_hand, rows)
        for column in (*self._counted.advance(at_hand), *self._so_far.advance(at_hand)):
            late = self._delayed.get(column.name)
            found = column if late is None else late.advance(column, at_hand, rows)
            (spans if isinstance(late, BySpan) else columns).append(found)
        columns = at_hand.at_rows(columns, self._latest)
        if len(rows.steps):
            self._latest = [column[-1] for column in columns]
            self._observations.keep(max(self._counted.reach, self._spans.reach(at_hand, rows)))
        return columns + spans

    @property
    def observations(self) -> int:
        """How many observations of the stream there were."""
        return self._observations.single

    def take_over(self, other: StreamColumns) -> None:
        """Goes on from the past of another stream with the same aggregates."""
        self._observations.take_over(other._observations)
        self._counted.take_over(other._counted)
        self._so_far.take_over(other._so_far)
        pairs = zip(self._delayed.items(), other._delayed.values(), strict=True)
        self._delayed = {name: theirs.renamed(mine.cell) for (name, mine), theirs in pairs}
        self._latest = list(other._latest)


def _columns(cell: Cell) -> Iterator[str]:
    """What an aggregate needs of its observations beside their numbers."""
    computation, window = cell.computation, cell.window
    if isinstance(computation, Folded) and computation.fold.is_of_pairs:
        yield "x"
    if isinstance(window, SpanWindow):
        yield STAMPS[window.measure]
    yield from (COMPLETE[measure] for measure in window.measures if window.before)
    if isinstance(window, (LastWindow, FirstWindow)) or isinstance(computation, (Ordered, Sampled)):
        yield "step"
