"""A program over a whole metric frame: one column for each operation.

Observations of a series are a shorter column, without the rows in which it was not observed;
windows are folded there and brought back to rows by the position of the newest observation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ptt_rules.backends.merges import MERGE_OF, Merge
from ptt_rules.backends.polars.blocks import BlockColumns
from ptt_rules.backends.polars.expressions import expression
from ptt_rules.ir import nodes
from ptt_rules.ir.nodes import Statistic
from ptt_rules.passes.share import Operation, Program
from ptt_rules.rows import number
from ptt_rules.types import Kind


@dataclass
class Observations:
    """The observations of one series that statistics use: finite numbers, truths as 0 and 1.

    Shape: `values`, `steps` (observations,); `seen` (rows,), how many up to each row
    """

    values: pl.Series
    steps: pl.Series
    seen: pl.Series
    blocks: dict[Merge, BlockColumns] = field(default_factory=dict)

    def block_columns(self, merge: Merge) -> BlockColumns:
        if merge not in self.blocks:
            self.blocks[merge] = BlockColumns(merge, self.values)
        return self.blocks[merge]


class FrameProgram:
    """Columns of all operations over a frame.

    Shape: (rows,) for each operation; null is unknown or, for a series, not observed
    """

    def __init__(
        self, program: Program, frame: pl.DataFrame, config: Mapping[str, Any] | None = None
    ) -> None:
        self._config = config or {}
        self.columns: dict[int, pl.Series] = {}
        self._frame = frame
        self._observations: dict[int, Observations] = {}
        for operation in program.operations:
            self.columns[operation.number] = self._column(operation)

    def _column(self, operation: Operation) -> pl.Series:
        node = operation.node
        if isinstance(node, nodes.Aggregate):
            return self._aggregate(operation.inputs[0], node)
        if isinstance(node, nodes.Column):
            keys = [key for key in node.keys if key in self._frame.columns]
            if not keys:
                return self._repeat(None)
            return self._frame.select(expression(node, *map(pl.col, keys)).alias("")).to_series()
        if isinstance(node, nodes.Constant):
            return self._repeat(node.value)
        if isinstance(node, nodes.Config):
            return self._repeat(
                number(self._config[node.name]) if node.name in self._config else None
            )
        inputs = [pl.lit(self.columns[series]) for series in operation.inputs]
        return pl.select(expression(node, *inputs).alias("")).to_series()

    def _repeat(self, value: float | None) -> pl.Series:
        return pl.repeat(value, self._frame.height, dtype=pl.Float64, eager=True)

    # ---- aggregates ------------------------------------------------------------------------

    def _aggregate(self, series: int, node: nodes.Aggregate) -> pl.Series:
        if series not in self._observations:
            self._observations[series] = self._observe(self.columns[series], node.series.kind)
        observations = self._observations[series]
        start, length, full = self._window(observations, node.window)
        if node.series.kind is Kind.TRUTH:
            return _of_truths(node, observations, start, length, full)
        return _of_numbers(node, observations, start, length, full)

    def _observe(self, series: pl.Series, kind: Kind) -> Observations:
        used = series.is_not_null() if kind is Kind.TRUTH else series.is_finite().fill_null(False)
        return Observations(
            values=series.filter(used).cast(pl.Float64),
            steps=self._frame["step"].filter(used),
            seen=used.cum_sum().cast(pl.Int64),
        )

    def _window(
        self, observations: Observations, window: nodes.Window
    ) -> tuple[pl.Series, pl.Series, pl.Series]:
        """For each row: first observation in the window, how many, and whether it is full."""
        seen = observations.seen
        match window:
            case nodes.LastWindow(count=count):
                length = seen.clip(upper_bound=count)
                return seen - length, length, seen >= count
            case nodes.FirstWindow(count=count):
                return seen * 0, seen.clip(upper_bound=count), seen >= count
            case nodes.AllWindow():
                return seen * 0, seen, seen > 0
            case nodes.StepsWindow(steps=steps):
                far_end = self._frame["step"] - steps
                start = observations.steps.search_sorted(far_end, side="right").cast(pl.Int64)
                length = seen - start
                return start, length, length > 0


def _fold(
    node: nodes.Aggregate, observations: Observations, start: pl.Series, length: pl.Series
) -> list[pl.Series]:
    """Parts of the fold at each row; a window of fixed length is folded once an observation."""
    blocks = observations.block_columns(MERGE_OF[node.statistic])
    window = node.window
    needs_full = node.statistic not in (Statistic.ANY, Statistic.ALL, Statistic.COUNT)
    if isinstance(window, nodes.LastWindow) and needs_full:
        newest = _index(observations.seen)
        return [part.gather(newest) for part in blocks.last(window.count)]
    if isinstance(window, nodes.FirstWindow) and needs_full:
        newest = _index(length)
        return [part.gather(newest) for part in blocks.last(window.count)]
    return blocks.runs(start, length)


def _index(count: pl.Series) -> pl.Series:
    """Position of the newest of `count` observations; null if there is none."""
    return pl.select(pl.when(count > 0).then(count - 1).otherwise(None)).to_series()


def _known(column: pl.Series, full: pl.Series) -> pl.Series:
    """The column where the window is full, null elsewhere."""
    return pl.select(pl.when(full).then(column).otherwise(None)).to_series()


def _of_numbers(
    node: nodes.Aggregate,
    observations: Observations,
    start: pl.Series,
    length: pl.Series,
    full: pl.Series,
) -> pl.Series:
    size: pl.Series = length.cast(pl.Float64)
    match node.statistic:
        case Statistic.COUNT:
            return size
        case Statistic.MEDIAN:
            return _known(_median(node, observations, length), full)
        case Statistic.LAST:
            newest = length if isinstance(node.window, nodes.FirstWindow) else observations.seen
            return _known(observations.values.gather(_index(newest)), full)
    parts = _fold(node, observations, start, length)
    match node.statistic:
        case Statistic.MEAN:
            return _known(parts[0] / size, full)
        case Statistic.STD:
            return _known((parts[1] / (size - 1)).sqrt(), full & (length >= 2))
        case Statistic.VAR:
            return _known(parts[1] / (size - 1), full & (length >= 2))
    return _known(parts[0], full)


def _median(node: nodes.Aggregate, observations: Observations, length: pl.Series) -> pl.Series:
    """Mean of the two middle values of each window, as the sorted window has them."""
    assert isinstance(node.window, (nodes.LastWindow, nodes.FirstWindow))
    count, values = node.window.count, observations.values
    lower = values.rolling_quantile(0.5, interpolation="lower", window_size=count)
    higher = values.rolling_quantile(0.5, interpolation="higher", window_size=count)
    middle: pl.Series = higher if count % 2 else (lower + higher) / 2
    first = isinstance(node.window, nodes.FirstWindow)
    at_rows: pl.Series = middle.gather(_index(length if first else observations.seen))
    return at_rows


def _of_truths(
    node: nodes.Aggregate,
    observations: Observations,
    start: pl.Series,
    length: pl.Series,
    full: pl.Series,
) -> pl.Series:
    true_ones = _fold(node, observations, start, length)[0].fill_null(0.0)
    size = length.cast(pl.Float64)
    match node.statistic:
        case Statistic.COUNT:
            return true_ones
        case Statistic.SHARE:
            return _known(true_ones / size, full)
        case Statistic.ANY:
            return _decided(true_ones > 0, True, full)
        case _:
            return _decided(true_ones < size, False, full)


def _decided(early: pl.Series, verdict: bool, full: pl.Series) -> pl.Series:
    """The verdict where it is decided early, its opposite where the window is full."""
    otherwise = pl.when(full).then(pl.lit(not verdict)).otherwise(None)
    return pl.select(pl.when(early).then(pl.lit(verdict)).otherwise(otherwise)).to_series()
