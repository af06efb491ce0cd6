"""The metric frame: one row for each log event, one nullable column for each logged key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from ptt_rules.language import PttError
from ptt_rules.logs.cells import Numbers, read_numbers
from ptt_rules.logs.columns import Columns
from ptt_rules.logs.context import NOTHING_KNOWN, RunContext
from ptt_rules.logs.places import no_steps
from ptt_rules.logs.rows import POSITION_KEYS, RESUMED, STEP_LIMIT, Row, is_mark, read_row
from ptt_rules.logs.survivors import Survivors


@dataclass(frozen=True, slots=True)
class RunLog:
    """A run's log as read, ready to be judged.

    Shape: `frame` has `step` (Int64), `time`, `epoch` (Float64), where there was a resume
           `resumed` (Boolean, true at the first row after it), then a Float64 column for each key
           in the order of its first appearance
    Unit:  `time` in seconds since the run began
    Null:  null is absent, NaN was logged as NaN or None
    """

    frame: pl.DataFrame
    abandoned: int = 0
    """Rows left out because a resume went back before them."""
    unreadable: Mapping[str, int] = field(default_factory=dict)
    """Keys whose values are not numbers, with the number of rows."""
    context: RunContext = NOTHING_KNOWN
    """What the log has of the run beside its rows, such as training arguments."""
    torn: int = 0
    """Last lines left out because a killed writer did not finish them."""
    notes: tuple[str, ...] = ()
    """What is to be said of how it was read, a sentence each."""


def frame_of(rows: Iterable[Mapping[str, Any]], *, file: str = "") -> RunLog:
    """The metric frame of log dicts, keys and values as logged; `file` is named in errors.

    Errors: PTT403 if there are rows and none has a step; PTT501 for a step that is not a number
    """
    columns = Columns()
    source = iter(rows)
    for index, logged in enumerate(source):
        if index == 0 and "step" not in logged and not any("step" in row for row in source):
            raise no_steps(file)
        columns.add(read_step(logged, index, file), logged)
    return _log(columns.table(), columns.unreadable)


def check_frame(frame: pl.DataFrame, *, file: str = "") -> RunLog:
    """A metric frame of any table with a `step` column: numbers, and strings that hold numbers.

    Null:   null and blank strings are absent, NaN stays NaN
    Errors: PTT403, PTT501
    """
    if "step" not in frame.columns:
        raise no_steps(file)
    return _log(*read_table(frame, file=file))


def read_table(
    frame: pl.DataFrame, *, file: str = "", first: int = 0
) -> tuple[pl.DataFrame, dict[str, list[int]]]:
    """Rows of a table, from row `first` of it on, as a metric frame; by key the unreadable ones.

    Errors: PTT501
    """
    read = {name: read_numbers(frame[name]) for name in frame.columns}
    positions = [
        read_steps(frame["step"], file=file, first=first),
        *(_position(name, read) for name in ("time", "epoch")),
        *([_marks(frame[RESUMED], read[RESUMED])] if RESUMED in frame.columns else []),
    ]
    metrics = {name: column for name, column in read.items() if name not in POSITION_KEYS}
    table = pl.DataFrame([*positions, *(column.numbers for column in metrics.values())])
    return table, {name: column.unreadable for name, column in metrics.items()}


def empty_frame() -> pl.DataFrame:
    """The metric frame of a log without rows."""
    return Columns().table()


def without_empty(frame: pl.DataFrame) -> pl.DataFrame:
    """A metric frame without the keys that no row has."""
    empty = {c.name for c in frame.iter_columns() if c.null_count() == frame.height}
    empty -= POSITION_KEYS
    return frame.drop(empty if has_resumed(frame) else {*empty, RESUMED}, strict=False)


def has_resumed(frame: pl.DataFrame) -> bool:
    """Whether a row of a metric frame marks a resume."""
    return RESUMED in frame.columns and bool(frame[RESUMED].any())


def rows_of(frame: pl.DataFrame) -> Iterator[Row]:
    """The rows of a metric frame, absent keys left out."""
    keys = [name for name in frame.columns if name not in POSITION_KEYS]
    columns = [frame[key].to_list() for key in keys]
    positions = [frame[name].to_list() for name in ("step", "time", "epoch")]
    marks = frame[RESUMED].fill_null(False).to_list() if RESUMED in frame.columns else None
    for index, (step, time, epoch) in enumerate(zip(*positions, strict=True)):
        observed = {
            key: column[index]
            for key, column in zip(keys, columns, strict=True)
            if column[index] is not None
        }
        yield Row(step, time, epoch, observed, resumed=bool(marks and marks[index]))


def _log(table: pl.DataFrame, unreadable: Mapping[str, Sequence[int]]) -> RunLog:
    """The surviving rows of a table, without the columns that nothing survives in."""
    survivors = Survivors.of(table["step"])
    counts = {key: survivors.count(rows) for key, rows in unreadable.items()}
    return RunLog(
        frame=without_empty(survivors.of_frame(table, 0)),
        abandoned=survivors.abandoned,
        unreadable={key: count for key, count in counts.items() if count},
    )


def read_steps(column: pl.Series, *, file: str = "", first: int = 0) -> pl.Series:
    """The steps of a table's rows, of which the first is row `first`.

    Errors: PTT501
    """
    numbers = read_numbers(column).numbers
    whole = numbers.is_finite() & (numbers == numbers.floor())
    usable = (whole & (numbers >= 0) & (numbers < STEP_LIMIT)).fill_null(False)
    if not usable.all():
        index = int((~usable).arg_max() or 0)
        read_step({"step": column[index]}, first + index, file)
    steps: pl.Series = numbers.cast(pl.Int64)
    return steps


def _position(name: str, read: Mapping[str, Numbers]) -> pl.Series:
    """Times and epochs, unknown where they are missing or not finite."""
    if name not in read:
        return pl.Series(name, [None] * len(read["step"].numbers), dtype=pl.Float64)
    numbers = read[name].numbers
    return numbers.set(~numbers.is_finite(), None)


def _marks(column: pl.Series, read: Numbers) -> pl.Series:
    """Which rows are the first after a resume, by a table's column and what it was read as.

    Shape: (rows,)
    """
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        is_mark_here = (read.numbers != 0) & read.numbers.is_not_nan()
        return is_mark_here.fill_null(False).alias(RESUMED)
    marks = [value is not None and is_mark(value) for value in column]
    return pl.Series(RESUMED, marks, dtype=pl.Boolean)


def read_step(logged: Mapping[str, Any], index: int, file: str) -> int:
    """The step of a log dict.

    Errors: PTT501, with the row that it is about
    """
    step = logged.get("step")
    if type(step) is int and 0 <= step < STEP_LIMIT:
        return step
    return _step_of({"step": step} if "step" in logged else {}, index, file)


def _step_of(logged: Mapping[str, Any], index: int, file: str) -> int:
    """A step that is not a plain integer, as the live engine reads it."""
    try:
        return read_row(logged).step
    except PttError as error:
        raise PttError(
            replace(d, message=f"row {index}, counted from 0: {d.message}", file=file)
            for d in error.diagnostics
        ) from error
