"""CSV and Parquet tables with a `step` column, as streams of metric frames."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from ptt_rules.language import PttError
from ptt_rules.logs.format import LogFormat
from ptt_rules.logs.frame import read_steps, read_table
from ptt_rules.logs.keys import has_prefixes
from ptt_rules.logs.stream import LogStream, Piece
from ptt_rules.logs.survivors import Survivors
from ptt_rules.logs.wandb_history import open_table


def open_csv(path: Path) -> LogStream:
    """All cells as text, without blank lines and the index column that pandas writes.

    Errors: PTT401, PTT403, PTT501
    """
    try:
        names = _header(path)
        if "step" not in names or has_prefixes(dict.fromkeys(names)):
            return open_table(path)
        table = pl.scan_csv(path, infer_schema=False)
        named = table.select(pl.nth(i).alias(name) for i, name in enumerate(names) if name)
        filled = named.filter(pl.any_horizontal(pl.all().str.strip_chars() != ""))
        return _open(filled, path)
    except UnicodeDecodeError as error:
        raise _no_table(path, "CSV table in UTF-8", error.reason) from error
    except (PolarsError, csv.Error) as error:
        raise _no_table(path, "CSV table", str(error)) from error


def _header(path: Path) -> list[str]:
    """Names of the columns; Polars leaves quotes in a quoted name doubled."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        filled = (line for line in csv.reader(file) if any(map(str.strip, line)))
        return [name.strip() for name in next(filled)]


def open_parquet(path: Path) -> LogStream:
    """Errors: PTT401, PTT403, PTT501"""
    try:
        names = pl.scan_parquet(path).collect_schema().names()
        if "step" not in names or has_prefixes(dict.fromkeys(names)):
            return open_table(path)
        return _open(pl.scan_parquet(path), path)
    except PolarsError as error:
        raise _no_table(path, "Parquet table", str(error)) from error


def _open(table: pl.LazyFrame, path: Path) -> LogStream:
    steps = table.select("step").collect().to_series()
    survivors = Survivors.of(read_steps(steps, file=str(path)))

    def pieces(rows: int) -> Iterator[Piece]:
        first = 0
        for batch in table.collect_batches(chunk_size=rows, maintain_order=True):
            frame, unreadable = read_table(batch, file=str(path), first=first)
            counts = {
                key: survivors.count([first + place for place in places])
                for key, places in unreadable.items()
            }
            found = {key: count for key, count in counts.items() if count}
            yield Piece(survivors.of_frame(frame, first), found)
            first += batch.height

    return LogStream(pieces, survivors.abandoned, rows=survivors.rows)


def _no_table(path: Path, what: str, reason: str) -> PttError:
    first_line = reason.split("\n", 1)[0]
    hint = "a table has a header with a `step` column and one row for each log event"
    return PttError.of("PTT401", f"this is not a {what} ({first_line})", file=str(path), hint=hint)


_PHRASE = "CSV or Parquet with a `step` column"


def _has_steps(path: Path, line: bytes) -> bool:
    return b"step" in [name.strip(b' "') for name in line.split(b",")]


CSV = LogFormat(_PHRASE, open_csv, is_file=_has_steps)
PARQUET = LogFormat(
    _PHRASE,
    open_parquet,
    is_file=lambda path, line: line.startswith(b"PAR1"),
    is_binary=True,
)
