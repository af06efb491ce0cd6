"""Observations of a series as a shorter column, and the windows of each row over it."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from ptt_rules.backends.history import NEVER
from ptt_rules.backends.merges import Merge
from ptt_rules.backends.polars.blocks import BlockColumns
from ptt_rules.backends.streams import Stream
from ptt_rules.ir.windows import (
    AllWindow,
    DecayWindow,
    FirstWindow,
    LastWindow,
    SpanWindow,
    Window,
)
from ptt_rules.types import Kind, Measure


@dataclass(frozen=True, slots=True)
class Rows:
    """Where each row of a frame stands.

    Shape: (rows,)
    """

    steps: pl.Series
    clocks: pl.Series


@dataclass
class Observations:
    """The observations of a stream that statistics use: finite numbers, truths as 0 and 1.

    Shape: `channels` (one, or two of pairs), `steps`, `clocks` (observations,);
           `seen` (rows,), how many up to each row
    """

    channels: tuple[pl.Series, ...]
    steps: pl.Series
    clocks: pl.Series
    seen: pl.Series
    _blocks: dict[Merge, BlockColumns] = field(default_factory=dict)

    @property
    def values(self) -> pl.Series:
        return self.channels[0]

    def blocks(self, merge: Merge) -> BlockColumns:
        if merge not in self._blocks:
            self._blocks[merge] = BlockColumns(merge, self.channels, self.steps)
        return self._blocks[merge]


def observe(stream: Stream, series: tuple[pl.Series, ...], rows: Rows) -> Observations:
    """The rows in which all series are observed and, if numbers, finite."""
    used = series[0].is_not_null()
    if stream.kind is Kind.NUMBER:
        for one in series:
            used &= one.is_finite().fill_null(False)
    observations = Observations(
        channels=tuple(one.filter(used).cast(pl.Float64) for one in series),
        steps=rows.steps.filter(used),
        clocks=rows.clocks.filter(used).fill_null(NEVER),
        seen=used.cum_sum().cast(pl.Int64),
    )
    return _lagged(observations) if stream.is_lagged else observations


def _lagged(observations: Observations) -> Observations:
    """Pairs of neighbours, each where its older observation stands."""
    size = max(0, len(observations.values) - 1)
    return Observations(
        channels=(observations.values.head(size), observations.values.tail(size)),
        steps=observations.steps.head(size),
        clocks=observations.clocks.head(size),
        seen=(observations.seen - 1).clip(lower_bound=0),
    )


@dataclass(frozen=True, slots=True)
class Windows:
    """The window of each row: its first observation, how many, and whether it is full.

    `fixed` is the length of all full ones, if it is one.

    Shape: (rows,)
    """

    start: pl.Series
    length: pl.Series
    full: pl.Series
    fixed: int | None = None

    @property
    def newest(self) -> pl.Series:
        """Position of the newest observation; null in an empty window."""
        return _at(self.start + self.length - 1, self.length > 0)

    @property
    def oldest(self) -> pl.Series:
        return _at(self.start, self.length > 0)

    def without_newest(self) -> Windows:
        shorter = (self.length - 1).clip(lower_bound=0)
        return Windows(self.start, shorter, self.full, self.fixed and self.fixed - 1)

    def of_at_least(self, count: int) -> Windows:
        """Full only with so many observations."""
        return Windows(self.start, self.length, self.full & (self.length >= count), self.fixed)


def _at(position: pl.Series, exists: pl.Series) -> pl.Series:
    return pl.select(pl.when(exists).then(position).otherwise(None)).to_series()


def windows(observations: Observations, window: Window, rows: Rows) -> Windows:
    """Which observations are in the window at each row."""
    seen = observations.seen
    match window:
        case LastWindow(count=count, before=before):
            ended = (seen - before).clip(lower_bound=0)
            length = ended.clip(upper_bound=count)
            fixed = count if window.known_from == count else None
            return Windows(ended - length, length, seen - before >= window.known_from, fixed)
        case FirstWindow(count=count, skip=skip):
            length = (seen - skip).clip(0, count)
            return Windows(seen * 0 + skip, length, length >= count, count)
        case AllWindow() | DecayWindow():
            return Windows(seen * 0, seen, seen > 0)
        case SpanWindow():
            return _span(observations, window, rows)


def _span(observations: Observations, window: SpanWindow, rows: Rows) -> Windows:
    if window.measure is Measure.STEPS:
        stamps, now = observations.steps, rows.steps
    else:
        stamps, now = observations.clocks, rows.clocks
    # the far end is excluded; a row before the first known time has an empty window
    start = stamps.cast(pl.Float64).search_sorted(
        (now.cast(pl.Float64) - window.amount).fill_null(float("inf")), side="right"
    )
    length = (observations.seen - start.cast(pl.Int64)).clip(lower_bound=0)
    return Windows(observations.seen - length, length, length > 0)
