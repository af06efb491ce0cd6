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
from ptt_rules.language.ir import Length, SpanWindow

STAMPS = {Measure.STEPS: "step", Measure.SECONDS: "clock", Measure.EPOCHS: "epoch"}
"""Columns of where an observation stands, by what a span is measured in."""

COMPLETE = {measure: f"to_{name}" for measure, name in STAMPS.items()}
"""Columns of where it is complete: of a pair of neighbours with its newer one."""

_FLOATS = ("x", "y", "clock", "epoch", "to_clock", "to_epoch")
_TYPES = {**dict.fromkeys(_FLOATS, pl.Float64), "step": pl.Int64, "to_step": pl.Int64}


@dataclass(frozen=True, slots=True)
class Rows:
    """Where each row of a chunk stands.

    Shape: (rows,)
    """

    steps: pl.Series
    clocks: pl.Series
    epochs: pl.Series

    @property
    def last(self) -> Rows:
        return Rows(self.steps.tail(1), self.clocks.tail(1), self.epochs.tail(1))

    def head(self, count: int) -> Rows:
        return Rows(self.steps.head(count), self.clocks.head(count), self.epochs.head(count))

    def stamps(self, measure: Measure) -> pl.Series:
        """Where each stands: its step, clock or epoch; null where the log has told none yet."""
        columns = {
            Measure.STEPS: self.steps,
            Measure.SECONDS: self.clocks,
            Measure.EPOCHS: self.epochs,
        }
        stamps: pl.Series = columns[measure].cast(pl.Float64)
        return stamps


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

    def new(self, name: str) -> pl.Series:
        """A column of the new observations.

        Shape: (new observations,)
        """
        return self.frame[name].slice(self.kept)

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
            "clock": rows.clocks.fill_null(NEVER),
            "epoch": rows.epochs.fill_null(NEVER),
        }
        kept = self._kept.schema
        return pl.DataFrame(
            [found[name.removeprefix("to_")].cast(kind).alias(name) for name, kind in kept.items()]
        )

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
    older, newer = single.head(size), single.tail(size)
    complete = [newer[name] for name in single.columns if name.startswith("to_")]
    return older.with_columns(older["y"].alias("x"), newer["y"], *complete)


def span_starts(at_hand: AtHand, window: SpanWindow, rows: Rows) -> pl.Series:
    """The first observation in the span at each row; of an empty span the one after the last.

    Shape: (rows,)
    """
    stamps = at_hand.frame[STAMPS[window.measure]]
    # the far end is excluded; a row before the first known time has an empty window
    return _up_to(stamps, rows.stamps(window.measure) - window.far_end, float("inf"))


def span_ends(at_hand: AtHand, window: SpanWindow, rows: Rows) -> pl.Series:
    """How many observations come before the end of the span at each row.

    Shape: (rows,)
    """
    return seen_by(at_hand, window.before, rows)


def seen_by(at_hand: AtHand, span: Length | None, rows: Rows) -> pl.Series:
    """How many observations there were a number of them, or a span, before each row.

    Shape: (rows,)
    """
    if span is None:
        return at_hand.ended
    if span.is_counted:
        earlier: pl.Series = (at_hand.ended - int(span.amount)).clip(lower_bound=0)
        return earlier
    then = rows.stamps(span.measure) - span.amount
    seen = _up_to(at_hand.frame[COMPLETE[span.measure]], then, NEVER)
    return seen.set(then.is_null(), 0)


def _up_to(stamps: pl.Series, ends: pl.Series, unknown: float) -> pl.Series:
    """How many stamps are at most as great as each end."""
    known = ends.fill_null(unknown)
    counts: pl.Series = stamps.cast(pl.Float64).search_sorted(known, side="right").cast(pl.Int64)
    return counts
