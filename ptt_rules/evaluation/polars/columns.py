"""A program over metric frames: one column for each operation, chunk after chunk of a log."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ptt_rules.evaluation.beside import OfStep, of_siblings, share_of
from ptt_rules.evaluation.faults import Faults, fault_of
from ptt_rules.evaluation.given import given
from ptt_rules.evaluation.polars.by_row import ByRow, RowColumn, is_by_row
from ptt_rules.evaluation.polars.cells import Cell, dtype_of
from ptt_rules.evaluation.polars.expressions import expression
from ptt_rules.evaluation.polars.observations import Rows
from ptt_rules.evaluation.polars.windows import StreamColumns
from ptt_rules.evaluation.row import Crowded, Stream, Words, compute, stream_of
from ptt_rules.language import Kind, Measure, Quantity
from ptt_rules.language.ir import nodes
from ptt_rules.language.passes import Operation, Program
from ptt_rules.logs import NOTHING_KNOWN, POSITION_KEYS, RESUMED, RunContext

_ONE = "one"
_STEP = "step"
_CLOCK = "clock"
_EPOCH = "epoch"
_POSITIONS = {Quantity.STEP: _STEP, Quantity.TIME: _CLOCK, Quantity.EPOCH: _EPOCH}
"""Columns of a table beside those of operations; `time` is as the log tells it."""
_MARKED = "marked"


@dataclass(frozen=True, slots=True)
class _Fixed:
    """What is the same at all rows."""

    value: float | bool | None
    kind: Kind

    @property
    def dtype(self) -> type[pl.DataType]:
        return dtype_of(self.kind)


@dataclass(frozen=True, slots=True)
class Columns:
    """The column of each operation; null is unknown or, for a series, not observed.

    Shape: (rows,) for each operation
    """

    table: pl.DataFrame
    constants: Mapping[int, _Fixed]
    rows: Rows

    def __getitem__(self, operation: int) -> pl.Series:
        if operation not in self.constants:
            return self.table[str(operation)]
        fixed = self.constants[operation]
        return pl.repeat(fixed.value, self.table.height, dtype=fixed.dtype, eager=True)

    def head(self, count: int) -> Columns:
        """Those of the first rows."""
        return Columns(self.table.head(count), self.constants, self.rows.head(count))

    def expression(self, operation: int) -> pl.Expr:
        """An operation as an expression over the table."""
        return _operand(operation, self.constants)


@dataclass
class _Wave:
    """Operations that read only earlier waves, and so can be computed together."""

    expressions: dict[int, pl.Expr] = field(default_factory=dict)
    remembering: list[Operation] = field(default_factory=list)
    streams: dict[Stream, list[Cell]] = field(default_factory=dict)
    by_row: list[RowColumn] = field(default_factory=list)


class FrameProgram:
    """Columns of a program's operations, over a log that comes in chunks of rows.

    They are all computed, or only those that are `wanted`, which have what they read among them.
    Those that are `by_row` have no column form, and are computed as a live run computes them.
    """

    def __init__(
        self,
        program: Program,
        context: RunContext = NOTHING_KNOWN,
        wanted: Container[int] | None = None,
        by_row: ByRow = is_by_row,
    ) -> None:
        self.failures: Faults = {}
        """Operations that could not be computed; they are unknown."""
        self._program = program
        self._wanted = wanted
        self._is_by_row = by_row
        self.context = context
        """What is known of the run beside its rows."""
        self._last = context.max_steps
        self._constants: dict[int, _Fixed] = {}
        self._logged: dict[int, tuple[str, ...]] = {}
        self._words: dict[int, Words] = {}
        self._beside: dict[int, OfStep] = {}
        """What sibling runs have, by the step of a row."""
        self._depths: list[int] = []
        self._waves: list[list[_Wave]] = []
        """By stage, and by depth."""
        self._streams: dict[Stream, StreamColumns] = {}
        self._by_row: dict[int, RowColumn] = {}
        self._remembered: dict[int, Any] = {}
        self._step = 0
        self._clock: float | None = None
        self._epoch: float | None = None
        self._resumed: int | None = None
        """The step of the row that marks the newest resume, or of the first row."""
        self._asks_for_resumes = False
        self._add(program.operations)

    def advance(self, frame: pl.DataFrame) -> Columns:
        """Takes the next rows of the log; what asks whether detectors fire is left to `go_on`.

        Shape: a metric frame: `step`, `time`, `epoch`, metrics
        Cost:  a column for each operation, let go with the result
        """
        rows = self.rows(frame)
        clocks = [rows.clocks.alias(_CLOCK), rows.epochs.alias(_EPOCH)]
        table = pl.DataFrame([*_columns(frame, self._leaves(frame)), *clocks])
        table = self._computed(table, rows, 0, frame)
        if frame.height:
            self._step = rows.steps[-1]
            self._clock, self._epoch = rows.clocks[-1], rows.epochs[-1]
            if self._asks_for_resumes:
                self._resumed = table[_MARKED][-1]
            for operation in self._remembered:
                self._remembered[operation] = table[str(operation)][-1]
        return Columns(table, self._constants, rows)

    def go_on(
        self, columns: Columns, stage: int, answers: Iterable[tuple[int, pl.Series]]
    ) -> Columns:
        """The columns with those of a later stage; what it asks is answered by operation."""
        found = [answer.alias(str(number)) for number, answer in answers]
        table = columns.table.hstack(found)
        table = self._computed(table, columns.rows, stage, columns.table)
        return Columns(table, self._constants, columns.rows)

    def _computed(
        self, table: pl.DataFrame, rows: Rows, stage: int, frame: pl.DataFrame
    ) -> pl.DataFrame:
        """The table with the operations of a stage; those that read the frame are of the first."""
        for wave in self._waves[stage] if stage < len(self._waves) else ():
            table = self._with(table, wave.expressions)
            table = self._with(table, self._remembering(wave))
            for stream, cells in wave.streams.items():
                table = self._with_aggregates(table, rows, stream, cells)
            for column in wave.by_row:
                table = table.hstack([self._by_rows(table, frame, column)])
        return table

    def rows(self, frame: pl.DataFrame) -> Rows:
        """Where the next rows of the log stand."""
        return Rows(
            frame["step"], _clocks(frame["time"], self._clock), _clocks(frame["epoch"], self._epoch)
        )

    def extend(self, numbers: Mapping[int, int]) -> None:
        """Takes operations that the program was extended by, as if they had always been there.

        `numbers` maps those that they stand for, whose past is theirs, to the new ones.
        """
        streams = list(self._streams)
        self._add(self._program.operations[len(self._depths) :])
        for stream in streams:
            twin = stream.renumbered(numbers)
            if twin != stream:
                self._streams[twin].take_over(self._streams[stream])
        for old, new in numbers.items():
            if old in self._remembered:
                self._remembered[new] = self._remembered[old]
            if old in self._by_row:
                self._by_row[new].take_over(self._by_row[old])
            if old in self.failures:
                self.failures[new] = self.failures[old]

    # ---- what it has seen ------------------------------------------------------------------

    @property
    def stands(self) -> Mapping[Measure, float | None]:
        """How far the log has come; None: it has told no time, or no epoch."""
        return {
            Measure.STEPS: self._step,
            Measure.SECONDS: self._clock,
            Measure.EPOCHS: self._epoch,
        }

    def observations(self, stream: Stream) -> int:
        """How many observations of a stream there were."""
        columns = self._streams.get(stream)
        if columns is not None:
            return columns.observations
        return max(
            (one.observations for one in self._by_row.values() if one.stream == stream), default=0
        )

    def is_known(self, operation: int) -> bool:
        """Whether what is carried from row to row was ever known."""
        if operation in self._remembered:
            return self._remembered[operation] is not None
        if operation in self._by_row:
            return self._by_row[operation].is_known
        one = self._program.operations[operation]
        return (
            isinstance(one.node, nodes.Aggregate)
            and self.observations(stream_of(one, one.node)) > 0
        )

    def carries(self, operation: int) -> bool:
        """Whether its newest value is what is carried from row to row."""
        return operation in self._remembered or operation in self._by_row

    def crowded(self) -> list[Crowded]:
        """Families of which `[each]` leaves out instances."""
        return [one for column in self._by_row.values() for one in column.crowded]

    # ---- what is computed ------------------------------------------------------------------

    def _add(self, operations: Sequence[Operation]) -> None:
        """Places operations that follow those that are known already into waves."""
        cells: dict[Stream, list[Cell]] = {}
        for operation in operations:
            self._depths.append(self._depth(operation))
            if self._wanted is not None and operation.number not in self._wanted:
                continue
            try:
                if self._is_by_row(operation.node):
                    self._place_by_row(operation)
                else:
                    self._place(operation, cells)
            except Exception as error:  # what cannot be written is told, and unknown
                self.failures[operation.number] = fault_of(error)
                unknown = pl.repeat(None, pl.len(), dtype=dtype_of(operation.node.kind))
                self._wave(operation).expressions[operation.number] = unknown
        for stream, aggregates in cells.items():
            self._streams[stream] = StreamColumns(stream, aggregates)
            last = max((cell.number for cell in aggregates), key=self._depths.__getitem__)
            self._wave(self._program.operations[last]).streams[stream] = aggregates

    def _depth(self, operation: Operation) -> int:
        return 1 + max((self._depths[number] for number in operation.inputs), default=0)

    def _wave(self, operation: Operation) -> _Wave:
        depth, stage = self._depths[operation.number], operation.stage
        while len(self._waves) <= stage:
            self._waves.append([])
        waves = self._waves[stage]
        while len(waves) < depth:
            waves.append(_Wave())
        return waves[depth - 1]

    def _place(self, operation: Operation, cells: dict[Stream, list[Cell]]) -> None:
        node, own = operation.node, operation.number
        wave = self._wave(operation)
        match node:
            case nodes.Constant():
                self._constants[own] = _Fixed(node.value, Kind.NUMBER)
            case nodes.Literal():
                self._constants[own] = _Fixed(node.value, Kind.BOOL)
            case nodes.Given():
                self._constants[own] = _Fixed(given(node, self.context), node.kind)
            case nodes.Column():
                self._logged[own] = node.keys
            case nodes.FamilyColumn():
                self._logged[own] = ()
            case nodes.OfSiblings():
                series = self._program.operations[operation.inputs[0]].node
                share = share_of(self._program, operation)
                self._beside[own] = of_siblings(series, share, self.context.siblings)
            case nodes.OfDetector() if node.is_same or not operation.stage:
                # what is not judged at all does not fire
                value = False if isinstance(node, nodes.Firing) else None
                self._constants[own] = _Fixed(value, Kind.BOOL)
            case nodes.OfDetector():
                pass  # answered between the stages
            case nodes.AnyOf():
                self._words[own] = Words(node.label, node.patterns)
            case nodes.Position() if node.quantity is Quantity.PROGRESS and self._last is None:
                self._constants[own] = _Fixed(None, Kind.NUMBER)
            case nodes.Position():
                if node.quantity is Quantity.SINCE_RESUME:
                    self._asks_for_resumes = True
                wave.expressions[own] = self._position(node.quantity)
            case nodes.StepOf():
                observed = _operand(operation.inputs[0], self._constants).is_not_null()
                wave.expressions[own] = pl.when(observed).then(pl.col(_STEP).cast(pl.Float64))
            case nodes.Latest() | nodes.Current() | nodes.Streak():
                self._remembered[own] = None
                wave.remembering.append(operation)
            case nodes.Prev():
                wave.remembering.append(operation)
            case nodes.Aggregate():
                cell = Cell(own, node, self._argument(operation, node))
                cells.setdefault(stream_of(operation, node), []).append(cell)
            case _:
                self._place_elementwise(operation, wave)

    def _place_by_row(self, operation: Operation) -> None:
        fixed = {n: one.value for n in operation.inputs if (one := self._constants.get(n))}
        column = RowColumn(operation, fixed, self.context, self._program.params)
        self._by_row[operation.number] = column
        self._wave(operation).by_row.append(column)

    def _place_elementwise(self, operation: Operation, wave: _Wave) -> None:
        """What reads only constants is one, computed as for a row."""
        node, inputs = operation.node, operation.inputs
        if all(each in self._constants for each in inputs):
            places = tuple(range(len(inputs)))
            values = [self._constants[each].value for each in inputs]
            self._constants[operation.number] = _Fixed(compute(node, places)(values), node.kind)
            return
        operands = [_operand(each, self._constants) for each in inputs]
        if isinstance(node, nodes.Arithmetic):
            # no single numbers: Polars would multiply with a rounded reciprocal, and take 0 + x
            # for x, which have other zeros
            operands = [
                pl.col(_ONE) * operand if each in self._constants else operand
                for each, operand in zip(inputs, operands, strict=True)
            ]
        wave.expressions[operation.number] = expression(node, *operands)

    def _argument(self, operation: Operation, node: nodes.Aggregate) -> float:
        return 0.0 if node.argument is None else self._program.constant(operation.inputs[-1])

    def _position(self, quantity: Quantity) -> pl.Expr:
        if quantity is Quantity.SINCE_RESUME:
            return (pl.col(_STEP) - pl.col(_MARKED)).cast(pl.Float64)
        if quantity is not Quantity.PROGRESS:
            return pl.col(_POSITIONS[quantity]).cast(pl.Float64)
        return pl.col(_STEP).cast(pl.Float64) / (pl.col(_ONE) * self._last)

    # ---- computing it ----------------------------------------------------------------------

    def _leaves(self, frame: pl.DataFrame) -> list[pl.Expr]:
        """The columns that the log has: positions, and metrics by the numbers of operations."""
        known = set(frame.columns)
        columns: list[pl.Expr] = []
        for operation, keys in self._logged.items():
            present = [pl.col(key) for key in keys if key in known]
            column = pl.coalesce(*present) if present else pl.lit(None, dtype=pl.Float64)
            columns.append(column.alias(str(operation)))
        for number, words in self._words.items():
            own = [key for key in frame.columns if key not in POSITION_KEYS and words.of(key)]
            there = pl.any_horizontal(pl.col(own).is_not_null()) if own else pl.lit(value=False)
            columns.append(pl.when(there).then(pl.lit(value=True)).alias(str(number)))
        columns += (self._of_siblings(frame["step"], number) for number in self._beside)
        ones = pl.repeat(1.0, pl.len(), dtype=pl.Float64).alias(_ONE)
        marked = [self._marked(known)] if self._asks_for_resumes else []
        return [pl.col(_STEP, "time"), ones, *marked, *columns]

    def _of_siblings(self, steps: pl.Series, number: int) -> pl.Expr:
        found = [self._beside[number](step) for step in steps.to_list()]
        return pl.lit(pl.Series(str(number), found, dtype=pl.Float64))

    def _marked(self, known: set[str]) -> pl.Expr:
        """At each row the step of the newest row that marks a resume, or of the first row."""
        before = pl.col(_STEP).first() if self._resumed is None else pl.lit(self._resumed)
        if RESUMED not in known:
            marked = pl.repeat(before, pl.len(), dtype=pl.Int64)
        else:
            marked = pl.when(pl.col(RESUMED)).then(pl.col(_STEP)).forward_fill().fill_null(before)
        return marked.alias(_MARKED)

    def _remembering(self, wave: _Wave) -> dict[int, pl.Expr]:
        """Operations that go on from their value at the row before."""
        found = {}
        for operation in wave.remembering:
            is_prev = isinstance(operation.node, nodes.Prev)
            before = self._remembered[operation.inputs[1] if is_prev else operation.number]
            inputs = [_operand(each, self._constants) for each in operation.inputs]
            found[operation.number] = _REMEMBERED[type(operation.node)](inputs, before)
        return found

    def _with(self, table: pl.DataFrame, expressions: Mapping[int, pl.Expr]) -> pl.DataFrame:
        """The table with more operations; where some fail, with each by itself."""
        if not expressions:
            return table
        named = [column.alias(str(each)) for each, column in expressions.items()]
        try:
            return table.hstack(_columns(table, named))
        except Exception as error:  # which one it was is found out, told and contained
            if len(expressions) == 1:
                fault = fault_of(error)
                return table.hstack([self._failed(each, fault, table) for each in expressions])
            for each, column in expressions.items():
                table = self._with(table, {each: column})
        return table

    def _with_aggregates(
        self, table: pl.DataFrame, rows: Rows, stream: Stream, cells: Sequence[Cell]
    ) -> pl.DataFrame:
        if cells[0].number in self.failures:
            return table.hstack(
                [self._failed(cell.number, self.failures[cell.number], table) for cell in cells]
            )
        series = tuple(table[str(each)] for each in stream.inputs)
        try:
            return table.hstack(self._streams[stream].advance(series, rows))
        except Exception as error:  # all that reads the stream is told to be broken
            fault = fault_of(error)
            return table.hstack([self._failed(cell.number, fault, table) for cell in cells])

    def _by_rows(self, table: pl.DataFrame, frame: pl.DataFrame, column: RowColumn) -> pl.Series:
        try:
            found = column.advance(table, frame)
        except Exception as error:  # the row program contains what fails in a row
            return self._failed(column.number, fault_of(error), table)
        if column.fault is not None:
            self.failures[column.number] = column.fault
        return found

    def _failed(self, operation: int, fault: str, table: pl.DataFrame) -> pl.Series:
        self.failures[operation] = fault
        dtype = dtype_of(self._program.operations[operation].node.kind)
        unknown = pl.repeat(None, table.height, dtype=dtype, eager=True)
        return unknown.alias(str(operation))


def _columns(table: pl.DataFrame, expressions: Sequence[pl.Expr]) -> list[pl.Series]:
    """Expressions as columns that have a number of their own for each row.

    Where all rows of a `when` take a literal, Polars makes a single number that stands for the
    column, and computes with it by other rules: it multiplies with the rounded reciprocal instead
    of dividing, and takes 0 + x for x. What is told of a row would then depend on which other rows
    are in its chunk. A series has no such form.
    """
    return table.select(expressions).get_columns()


def _clocks(told: pl.Series, before: float | None) -> pl.Series:
    """The greatest time, or epoch, so far at each row; null before the first that is known."""
    clocks: pl.Series = told.cast(pl.Float64).cum_max().forward_fill()
    if before is None:
        return clocks
    later: pl.Series = clocks.clip(lower_bound=before).fill_null(before)
    return later


def _operand(operation: int, constants: Mapping[int, _Fixed]) -> pl.Expr:
    fixed = constants.get(operation)
    return pl.col(str(operation)) if fixed is None else pl.lit(fixed.value, dtype=fixed.dtype)


def _filled(inputs: Sequence[pl.Expr], before: Any) -> pl.Expr:
    """The newest observation so far."""
    filled = inputs[0].forward_fill()
    return filled if before is None else filled.fill_null(pl.lit(before))


def _previous(inputs: Sequence[pl.Expr], before: Any) -> pl.Expr:
    """The newest observation as of the row before, where there is one."""
    series, latest = inputs
    return pl.when(series.is_not_null()).then(latest.shift(1, fill_value=before))


def _current(inputs: Sequence[pl.Expr], before: Any) -> pl.Expr:
    """The formula, known or not, at the newest row that has one of its series."""
    _, formula, *series = inputs
    is_there = pl.any_horizontal(one.is_not_null() for one in series)
    newest = pl.when(is_there).then(pl.int_range(pl.len())).forward_fill()
    return pl.when(newest.is_null()).then(pl.lit(before)).otherwise(formula.gather(newest))


def _streak(inputs: Sequence[pl.Expr], before: float | None) -> pl.Expr:
    """True observations in a row up to each row; null before the first observation."""
    truths = inputs[0]
    number = truths.is_not_null().cum_sum().cast(pl.Float64)
    last_false = pl.when(truths.eq(False)).then(number).otherwise(None).forward_fill()
    known = pl.lit(before is not None) | (number > 0)
    streak = pl.coalesce(number - last_false, number + (before or 0.0))
    return pl.when(known).then(streak).otherwise(None)


_REMEMBERED: dict[type[nodes.Node], Callable[[Sequence[pl.Expr], Any], pl.Expr]] = {
    nodes.Latest: _filled,
    nodes.Prev: _previous,
    nodes.Current: _current,
    nodes.Streak: _streak,
}
"""Of inputs, and of the value before the chunk."""
