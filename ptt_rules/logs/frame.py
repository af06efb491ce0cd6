"""The metric frame: one row for each log event, one nullable column for each logged key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ptt_rules.diagnostics import PttError
from ptt_rules.rows import POSITION_KEYS, Row, read_row


@dataclass(frozen=True, slots=True)
class RunLog:
    """A run's log as read, ready to be judged.

    Shape: `frame` has `step` (Int64), `time`, `epoch` (Float64), then a Float64 column for
           each key in the order of its first appearance
    Unit:  `time` in seconds since the run began
    Null:  null is absent, NaN was logged as NaN or None
    """

    frame: pl.DataFrame
    abandoned: int = 0
    """Rows left out because a resume went back before them."""
    unreadable: Mapping[str, int] = field(default_factory=dict)
    """Keys whose values are no numbers, with the number of rows."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """Training arguments, if the log has them."""


def frame_of(
    rows: Iterable[Mapping[str, Any]], *, config: Mapping[str, Any] | None = None
) -> RunLog:
    """The metric frame of log dicts, keys and values as logged.

    Errors: PTT403 if there are rows and none has a step; PTT501 for a step that is no number
    """
    read = [read_row(row) for row in _with_steps(list(rows))]
    kept = _surviving(read)
    keys = dict.fromkeys(key for row in kept for key in row.values)
    columns: dict[str, list[float | None]] = {
        key: [row.values.get(key) for row in kept] for key in keys
    }
    positions = {
        "step": pl.Series([row.step for row in kept], dtype=pl.Int64),
        "time": pl.Series([row.time for row in kept], dtype=pl.Float64),
        "epoch": pl.Series([row.epoch for row in kept], dtype=pl.Float64),
    }
    values = {key: pl.Series(column, dtype=pl.Float64) for key, column in columns.items()}
    unreadable = Counter(key for row in kept for key in row.unreadable)
    frame = pl.DataFrame({**positions, **values})
    return RunLog(frame, len(read) - len(kept), dict(unreadable), config or {})


def check_frame(frame: pl.DataFrame) -> RunLog:
    """A metric frame of any table with a `step` column: numbers, and strings that hold numbers.

    Errors: PTT403, PTT501
    """
    if "step" not in frame.columns:
        raise _no_steps()
    filled = frame.select(_filled(frame[name]) for name in frame.columns)
    rows = (
        {key: value for key, value in row.items() if value is not None or key == "step"}
        for row in filled.iter_rows(named=True)
    )
    return frame_of(rows)


def rows_of(frame: pl.DataFrame) -> Iterator[Row]:
    """The rows of a metric frame, absent keys left out."""
    keys = [name for name in frame.columns if name not in POSITION_KEYS]
    columns = [frame[key].to_list() for key in keys]
    positions = (frame[name].to_list() for name in ("step", "time", "epoch"))
    for index, (step, time, epoch) in enumerate(zip(*positions, strict=True)):
        observed = {
            key: column[index]
            for key, column in zip(keys, columns, strict=True)
            if column[index] is not None
        }
        yield Row(step, time, epoch, observed)


def _filled(column: pl.Series) -> pl.Series:
    """Empty cells of a table are absent, also where the table is of strings."""
    if column.dtype == pl.String:
        return column.set(column.str.strip_chars() == "", None)
    return column


def _with_steps(rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rows without a step belong to none; a log of nothing else is no log of a run."""
    if rows and not any("step" in row for row in rows):
        raise _no_steps()
    return rows


def _no_steps() -> PttError:
    return PttError.of(
        "PTT403",
        "this log has no steps, so that its rows have no place in a run",
        hint="give each row a `step`: the trainer's global step",
    )


def _surviving(rows: list[Row]) -> list[Row]:
    """What the surviving branch logged: a step that falls removes what it goes back before."""
    kept: list[Row] = []
    for row in rows:
        if kept and row.step < kept[-1].step:
            while kept and kept[-1].step >= row.step:
                kept.pop()
        kept.append(row)
    return kept
