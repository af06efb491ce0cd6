"""CSV and Parquet tables with a `step` column."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from ptt_rules.diagnostics import PttError


def read_csv(path: Path) -> pl.DataFrame:
    """All cells as text; they become numbers where they are read as rows.

    Errors: PTT401
    """
    try:
        return pl.read_csv(path, infer_schema=False, encoding="utf8-lossy")
    except PolarsError as error:
        raise _no_table(path, "CSV table", error) from error


def read_parquet(path: Path) -> pl.DataFrame:
    """Errors: PTT401"""
    try:
        return pl.read_parquet(path)
    except PolarsError as error:
        raise _no_table(path, "Parquet table", error) from error


def _no_table(path: Path, what: str, error: PolarsError) -> PttError:
    reason = str(error).split("\n", 1)[0]
    hint = "a table has a header with a `step` column and one row for each log event"
    return PttError.of("PTT401", f"this is no {what} ({reason})", file=str(path), hint=hint)
