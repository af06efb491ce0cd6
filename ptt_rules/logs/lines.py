"""JSON lines as a stream of metric frames."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import polars as pl

from ptt_rules.logs.columns import Columns
from ptt_rules.logs.format import LogFormat
from ptt_rules.logs.frame import read_step
from ptt_rules.logs.jsonl import JsonLines
from ptt_rules.logs.keys import flat, has_prefixes, is_nested
from ptt_rules.logs.places import no_steps, step_key_of
from ptt_rules.logs.rows import RESUMED
from ptt_rules.logs.stream import LogStream, Piece
from ptt_rules.logs.survivors import Survivors
from ptt_rules.logs.wandb_history import stream_of


def open_lines(path: Path) -> LogStream:
    """A file of log dicts, one a line.

    Errors: PTT401, PTT403, PTT501
    """
    lines = JsonLines(path)
    survivors = Survivors.of(_steps(lines))

    def pieces(rows: int) -> Iterator[Piece]:
        # a run that goes on writes more lines than were there at first
        logged = enumerate(islice(iter(JsonLines(path)), survivors.rows))
        columns = Columns()
        for index, row in logged:
            if survivors.has(index):
                marked = {**row, RESUMED: True} if index in survivors.marks else row
                columns.add(read_step(row, index, str(path)), marked)
            else:
                columns.meet(row)
            if columns.height == rows:
                yield _piece(columns)
                columns = Columns()
        yield _piece(columns)

    return LogStream(pieces, survivors.abandoned, lines.torn, rows=survivors.rows)


def _steps(lines: JsonLines) -> pl.Series:
    steps = array("q")
    source = lines.steps()
    for index, logged in enumerate(source):
        if index == 0 and "step" not in logged and not any("step" in row for row in source):
            raise no_steps(str(lines.path))
        steps.append(read_step(logged, index, str(lines.path)))
    return pl.Series(steps, dtype=pl.Int64)


def _piece(columns: Columns) -> Piece:
    counts = {key: len(rows) for key, rows in columns.unreadable.items()}
    return Piece(columns.table(), counts)


def open_any_lines(path: Path) -> LogStream:
    """A file of log dicts as any logger writes them, one a line.

    What has a plain `step` and plain keys is read in chunks; where steps have another name or none,
    keys have prefixes or dicts are nested, all rows are read at once.

    Errors: PTT401, PTT403, PTT501
    """
    first = [*islice(iter(JsonLines(path)), _LOOKED_AT)]
    is_plain = not any(is_nested(row) or has_prefixes(row) for row in first)
    if is_plain and (not first or step_key_of(first) == "step"):
        return open_lines(path)
    lines = JsonLines(path)
    log = stream_of([*map(flat, lines)], path)
    return replace(log, torn=lines.torn)


_LOOKED_AT = 200
"""Rows that show how a log is written."""

JSON_LINES = LogFormat(
    "JSON lines of log dicts", open_any_lines, is_file=lambda path, line: line.startswith(b"{")
)
"""Asked after the formats that are JSON lines of one logger, and the trainer state."""
