"""The history of a Weights & Biases run, as its API gives it: JSON lines, CSV, Parquet.

Flat rows with the union of all keys, so with holes. `_step` counts the calls of `log`; the steps of
the trainer are a key of their own. The CSV of one panel has one metric of all runs.

Source: wandb 0.31.0, `wandb/apis/public/runs.py`; files exported from its pages
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from polars.exceptions import PolarsError

from ptt_rules.border import regular_text
from ptt_rules.language import PttError
from ptt_rules.logs.format import LogFormat, Runs
from ptt_rules.logs.keys import logged_keys
from ptt_rules.logs.places import STEP_KEYS, placed
from ptt_rules.logs.stream import LogStream
from ptt_rules.logs.two_clocks import counts_twice, rows_on_one_clock

_OWN = frozenset({"_step", "_runtime", "_timestamp"})
_PANEL = re.compile(r"(.+) - (\S.*?)(?:__MIN|__MAX)?")


def open_table(path: Path) -> LogStream:
    """A table of log events whose steps or keys have the names of a tracker.

    Null:   an empty cell is absent
    Errors: PTT401, PTT501
    """
    rows = [{k: v for k, v in row.items() if k and v not in (None, "")} for row in _cells(path)]
    return stream_of(rows, path)


def stream_of(rows: Iterable[Mapping[str, Any]], path: Path) -> LogStream:
    """Rows of a history, with the keys of the trainer."""
    found = [row for row in rows if row.keys() - _OWN]
    if counts_twice(key for row in found for key in row):
        every = placed(rows_on_one_clock(found))
        return LogStream.of_rows(every.rows, {}, file=str(path))
    names = logged_keys(key for row in found for key in row if key not in STEP_KEYS)
    renamed = ({names.get(key, key): value for key, value in row.items()} for row in found)
    every = placed(renamed, file=str(path))
    return LogStream.of_rows(every.rows, {}, file=str(path), notes=every.notes)


def _cells(path: Path) -> list[dict[str, Any]]:
    """Errors: PTT401"""
    if path.suffix == ".parquet" or _is_parquet(path):
        try:
            return pl.read_parquet(path).to_dicts()
        except PolarsError as error:
            raise _no_table(path, str(error)) from error
    try:
        text = regular_text(path, "utf-8-sig")
        return [{key or "": cell for key, cell in row.items()} for row in _csv(text)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise _no_table(path, str(error)) from error


def _csv(text: str) -> Iterable[dict[str, Any]]:
    return csv.DictReader(io.StringIO(text.lstrip()), restkey="")


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _no_table(path: Path, reason: str) -> PttError:
    hint = "export the history of a run with `run.history()` or `run.scan_history()`"
    message = f"this table cannot be read ({reason.splitlines()[0] if reason else 'empty'})"
    return PttError.of("PTT401", message, file=str(path), hint=hint)


# ---- the CSV of one panel ------------------------------------------------------------------


def _runs_of_panel(path: Path) -> Runs:
    """Runs by their names, which stand before the key in the header. Errors: PTT401"""
    rows = _cells(path)
    columns = [key for key in (rows[0] if rows else ()) if _PANEL.fullmatch(key)]
    runs: dict[str, dict[str, str]] = {}
    for column in columns:
        found = _PANEL.fullmatch(column)
        if found and not column.endswith(("__MIN", "__MAX")):
            runs.setdefault(found[1], {})[column] = found[2]
    return {name: partial(_of_panel, rows, names, path) for name, names in runs.items()}


def _of_panel(rows: list[dict[str, Any]], names: Mapping[str, str], path: Path) -> LogStream:
    """Rows in which a run has a number: it is empty where it has ended."""
    step = next(iter(rows[0]))
    found = (
        {"step": row[step], **{names[c]: row[c] for c in names if row[c] not in (None, "")}}
        for row in rows
    )
    return stream_of((row for row in found if len(row) > 1), path)


def _is_panel(path: Path, line: bytes) -> bool:
    cells = _header(line)
    return len(cells) > 1 and cells[0] in STEP_KEYS and all(map(_PANEL.fullmatch, cells[1:]))


def _is_table(path: Path, line: bytes) -> bool:
    """Whether a CSV has a step by the name of a tracker, or keys as it writes them."""
    if b"," not in line or line.startswith((b"{", b"[")):
        return False
    cells = {*_header(line)}
    return bool(cells & {*STEP_KEYS} - {"step"}) or bool(cells & _KNOWN)


def _header(line: bytes) -> list[str]:
    """The cells of a first line; none where it is not of a table."""
    lines = line.decode(errors="replace").splitlines()[:1]
    try:
        return [cell.strip() for cell in next(csv.reader(lines), [])]
    except csv.Error:
        return []


_KNOWN = frozenset({"loss", "train/loss", "reward", "train/reward", "grad_norm", "train/grad_norm"})
"""Metrics by which a table without steps is a log."""

WANDB_PANEL = LogFormat(
    "the CSV of one panel of Weights & Biases", runs=_runs_of_panel, is_file=_is_panel
)
WANDB_HISTORY = LogFormat("the history of a Weights & Biases run", open_table, is_file=_is_table)
