"""CSV and Parquet tables with a `step` column."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from io import StringIO
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from ptt_rules.diagnostics import PttError


def read_csv(path: Path) -> pl.DataFrame:
    """All cells as text, without blank lines and the index column that pandas writes.

    Errors: PTT401
    """
    data = path.read_bytes().removeprefix(BOM_UTF8).lstrip()
    try:
        names = _header(data.decode())
        table = pl.read_csv(data, infer_schema=False)
        named = table.select(pl.nth(i).alias(name) for i, name in enumerate(names) if name)
    except UnicodeDecodeError as error:
        raise _no_table(path, "CSV table in UTF-8", error.reason) from error
    except (PolarsError, csv.Error) as error:
        raise _no_table(path, "CSV table", str(error)) from error
    return named.filter(pl.any_horizontal(pl.all().str.strip_chars() != ""))


def _header(text: str) -> list[str]:
    """Names of the columns; Polars leaves quotes in a quoted name doubled."""
    return [name.strip() for name in next(csv.reader(StringIO(text)))]


def read_parquet(path: Path) -> pl.DataFrame:
    """Errors: PTT401"""
    try:
        return pl.read_parquet(path)
    except PolarsError as error:
        raise _no_table(path, "Parquet table", str(error)) from error


def _no_table(path: Path, what: str, reason: str) -> PttError:
    first_line = reason.split("\n", 1)[0]
    hint = "a table has a header with a `step` column and one row for each log event"
    return PttError.of("PTT401", f"this is no {what} ({first_line})", file=str(path), hint=hint)
