"""A program over a whole metric frame: one column for each operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from ptt_rules.backends.polars.aggregates import aggregate
from ptt_rules.backends.polars.expressions import expression
from ptt_rules.backends.polars.observations import Observations, Rows, observe
from ptt_rules.backends.streams import Stream, max_steps, stream_of, training_argument
from ptt_rules.ir import nodes
from ptt_rules.passes.share import Operation, Program
from ptt_rules.types import Quantity


class FrameProgram:
    """Columns of all operations over a frame.

    Shape: (rows,) for each operation; null is unknown or, for a series, not observed
    """

    def __init__(
        self, program: Program, frame: pl.DataFrame, config: Mapping[str, Any] | None = None
    ) -> None:
        self._program = program
        self._config = config or {}
        self.columns: dict[int, pl.Series] = {}
        self._frame = frame
        self._rows = Rows(frame["step"], clock(frame["time"]))
        self._observations: dict[Stream, Observations] = {}
        for operation in program.operations:
            self.columns[operation.number] = self._column(operation)

    def _column(self, operation: Operation) -> pl.Series:
        node = operation.node
        match node:
            case nodes.Aggregate():
                return self._aggregate(operation, node)
            case nodes.Column():
                return self._logged(node)
            case nodes.FamilyColumn():
                return self._repeat(None)
            case nodes.Position():
                return self._position(node.quantity)
            case nodes.Constant():
                return self._repeat(node.value)
            case nodes.Config():
                return self._repeat(training_argument(self._config, node.name))
            case nodes.StepOf():
                observed = self.columns[operation.inputs[0]].is_not_null()
                return _where(observed, self._position(Quantity.STEP))
            case nodes.Streak():
                return _streak(self.columns[operation.inputs[0]])
        inputs = [pl.lit(self.columns[series]) for series in operation.inputs]
        return pl.select(expression(node, *inputs).alias("")).to_series()

    def _repeat(self, value: float | None) -> pl.Series:
        return pl.repeat(value, self._frame.height, dtype=pl.Float64, eager=True)

    def _logged(self, node: nodes.Column) -> pl.Series:
        keys = [key for key in node.keys if key in self._frame.columns]
        if not keys:
            return self._repeat(None)
        return self._frame.select(expression(node, *map(pl.col, keys)).alias("")).to_series()

    def _position(self, quantity: Quantity) -> pl.Series:
        if quantity is not Quantity.PROGRESS:
            position: pl.Series = self._frame[quantity.value].cast(pl.Float64)
            return position
        last = max_steps(self._config)
        if last is None:
            return self._repeat(None)
        # by a column: by a single number Polars multiplies with the rounded reciprocal
        share: pl.Series = self._frame["step"].cast(pl.Float64) / self._repeat(last)
        return share

    def _aggregate(self, operation: Operation, node: nodes.Aggregate) -> pl.Series:
        stream = stream_of(operation, node)
        if stream not in self._observations:
            series = tuple(self.columns[number] for number in stream.inputs)
            self._observations[stream] = observe(stream, series, self._rows)
        argument = 0.0
        if node.argument is not None:
            argument = self._program.constant(operation.inputs[-1])
        return aggregate(node, self._observations[stream], self._rows, argument)


def clock(times: pl.Series) -> pl.Series:
    """The greatest time so far at each row; null before the first that is known."""
    clocks: pl.Series = times.cast(pl.Float64).cum_max().forward_fill()
    return clocks


def _where(condition: pl.Series, values: pl.Series) -> pl.Series:
    """The values where the condition is true, null elsewhere."""
    return pl.select(pl.when(condition).then(values).otherwise(None)).to_series()


def _streak(truths: pl.Series) -> pl.Series:
    """True observations in a row up to each row; null before the first observation."""
    seen = truths.is_not_null()
    number = pl.lit(seen.cum_sum().cast(pl.Int64))
    at_false = pl.when(pl.lit(truths).eq(False)).then(number).otherwise(None)
    last_false = at_false.forward_fill().fill_null(0)
    streak = pl.when(number > 0).then((number - last_false).cast(pl.Float64)).otherwise(None)
    return pl.select(streak.alias("")).to_series()
