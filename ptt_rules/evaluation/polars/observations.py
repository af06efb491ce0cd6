"""Observations of a series as shorter columns, from one chunk of rows to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from ptt_rules.evaluation.polars.arithmetic import at, chosen
from ptt_rules.evaluation.polars.blocks import Blocks
from ptt_rules.evaluation.row import NEVER, Stream
from ptt_rules.language import Kind, Measure
from ptt_rules.language.ir import SpanWindow

_TYPES = {"x": pl.Float64, "y": pl.Float64, "step": pl.Int64, "clock": pl.Float64}


@dataclass(frozen=True, slots=True)
class Rows:
    """Where each row of a chunk stands.

    Shape: (rows,)
    """

    steps: pl.Series
    clocks: pl.Series

    @property
    def last(self) -> Rows:
        return Rows(self.steps.tail(1), self.clocks.tail(1))


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a chunk brought: in which of its rows there is a new observation; None: in all.

    `kept` single observations were there before, of which pairs are made if it is lagged.

    Shape: `used` (rows,)
    """

    rows: int
    used: pl.Series | None
    kept: int
    is_lagged: bool


@dataclass(frozen=True)
class AtHand:
    """The observations of a stream at hand: `kept` of earlier rows, then those of a chunk.

    `before` are those before the first one at hand. `frame` has the numbers `y` and, as far as
    they are asked for, `x`, which is the step or the first number of a pair, `step` and `clock`.

    Shape: `frame` (observations,)
    """

    frame: pl.DataFrame
    kept: int
    before: int
    taken: _Taken

    @property
    def count(self) -> int:
        return self.frame.height

    @property
    def new_count(self) -> int:
        return self.frame.height - self.kept

    @property
    def y(self) -> pl.Series:
        return self.frame["y"]

    @cached_property
    def blocks(self) -> Blocks:
        y = self.frame["y"]
        return Blocks(self.frame["x"] if "x" in self.frame.columns else y, y)

    @cached_property
    def ended(self) -> pl.Series:
        """How many of those at hand there are up to each row.

        Shape: (rows,)
        """
        taken = self.taken
        if taken.used is None:
            singles = pl.int_range(1, taken.rows + 1, eager=True)
        else:
            singles = taken.used.cum_sum().cast(pl.Int64)
        ended: pl.Series = singles + (taken.kept - taken.is_lagged)
        return ended.clip(lower_bound=0) if taken.is_lagged else ended

    def at_rows(self, values: Sequence[pl.Series], latest: Sequence[Any]) -> list[pl.Series]:
        """Values at new observations as values at rows: those of the newest one so far.

        `latest` are the values before the chunk.
        """
        if self.new_count == self.taken.rows:
            return list(values)
        place = self.ended - (self.kept + 1)
        is_before = place < 0
        where = place.set(is_before, None)
        found = []
        for column, value in zip(values, latest, strict=True):
            before = pl.Series([value], dtype=column.dtype).new_from_index(0, len(where))
            found.append(chosen(is_before, before, at(column, where)).alias(column.name))
        return found


class Observations:
    """The observations of a stream that statistics use: finite numbers, truths as 0 and 1.

    `names` are the columns that are asked for.
    """

    def __init__(self, stream: Stream, names: frozenset[str]) -> None:
        self._stream = stream
        self._kept = pl.DataFrame(schema={n: t for n, t in _TYPES.items() if n in names})
        self._before = 0

    @property
    def single(self) -> int:
        """How many there were; of pairs of neighbours those they are made of."""
        return self._before + self._kept.height

    def advance(self, series: tuple[pl.Series, ...], rows: Rows) -> AtHand:
        """Takes the rows of a chunk in which all series are observed and, if numbers, finite."""
        used = self._used(series)
        taken = _Taken(len(rows.steps), used, self._kept.height, self._stream.is_lagged)
        new = self._columns(series, rows)
        self._kept = pl.concat([self._kept, new if used is None else new.filter(used)])
        self._kept = self._kept.rechunk()
        if not taken.is_lagged:
            return AtHand(self._kept, taken.kept, self._before, taken)
        return AtHand(_pairs(self._kept), max(0, taken.kept - 1), self._before, taken)

    def _used(self, series: tuple[pl.Series, ...]) -> pl.Series | None:
        """Where there is an observation; None: in all rows."""
        is_number = self._stream.kind is Kind.NUMBER
        each = [one.is_finite() if is_number else one.is_not_null() for one in series]
        if all(one.null_count() == 0 and one.all() for one in each):
            return None
        used = each[0]
        for one in each[1:]:
            used &= one
        return used.fill_null(False)

    def _columns(self, series: tuple[pl.Series, ...], rows: Rows) -> pl.DataFrame:
        found = {
            "x": rows.steps if len(series) == 1 else series[0],
            "y": series[-1],
            "step": rows.steps,
            "clock": rows.clocks,
        }
        kept = self._kept.schema
        table = pl.DataFrame([found[name].cast(kind).alias(name) for name, kind in kept.items()])
        return table.with_columns(pl.col("clock").fill_null(NEVER)) if "clock" in kept else table

    def keep(self, count: int) -> None:
        """Drops all but the newest `count`, of pairs the observations that they are made of."""
        kept = self._kept.tail(count + self._stream.is_lagged)
        self._before += self._kept.height - kept.height
        # a copy, so that the chunk behind it is let go
        self._kept = kept.select(pl.all().gather(pl.int_range(pl.len())))

    def take_over(self, other: Observations) -> None:
        """Goes on from the past of others."""
        self._kept, self._before = other._kept, other._before


def _pairs(single: pl.DataFrame) -> pl.DataFrame:
    """Pairs of neighbours, each where its older observation stands."""
    size = max(0, single.height - 1)
    older, newer = single.head(size), single["y"].tail(size)
    return older.with_columns(older["y"].alias("x"), newer.alias("y"))


def span_starts(at_hand: AtHand, window: SpanWindow, rows: Rows) -> pl.Series:
    """The first observation in the span at each row; of an empty span the one after the last.

    Shape: (rows,)
    """
    in_steps = window.measure is Measure.STEPS
    stamps = at_hand.frame["step" if in_steps else "clock"].cast(pl.Float64)
    now = (rows.steps if in_steps else rows.clocks).cast(pl.Float64)
    # the far end is excluded; a row before the first known time has an empty window
    far_end = (now - window.amount).fill_null(float("inf"))
    starts: pl.Series = stamps.search_sorted(far_end, side="right").cast(pl.Int64)
    return starts
