"""Trackio's database: a file for each project, a row of JSON for each log call.

The column `step` counts log calls and `timestamp` is the time of a flush, shared by many rows; the
trainer's own step is in the JSON.

Source: trackio 0.43.0, `trackio/sqlite_storage.py`
"""

from __future__ import annotations

import json
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from ptt_rules.language import PttError
from ptt_rules.logs.database import has_tables, is_database, opened
from ptt_rules.logs.format import LogFormat, Runs
from ptt_rules.logs.keys import flat, with_logged_keys
from ptt_rules.logs.places import placed
from ptt_rules.logs.stream import LogStream

_TABLES = {"metrics": {"run_name", "step", "metrics", "timestamp"}}
_ROWS = "select step, metrics from metrics where run_name = ? order by id"


def _runs(path: Path) -> Runs:
    """Errors: PTT401"""
    with closing(opened(path)) as base:
        names = base.execute("select run_name, min(id) from metrics group by 1 order by 2")
        return {name: partial(_of_run, path, name) for name, _ in names.fetchall()}


def _of_run(path: Path, run: str) -> LogStream:
    with closing(opened(path)) as base:
        calls = [(step, _json(text, path)) for step, text in base.execute(_ROWS, (run,))]
        config = _config(base, run, path) if has_tables(path, {"configs": {"config"}}) else {}
    rows = placed(with_logged_keys({"_step": step, **flat(row)} for step, row in calls))
    return LogStream.of_rows(rows.rows, config, file=str(path))


def _config(base: Any, run: str, path: Path) -> dict[str, Any]:
    """The arguments of the newest start, without what Trackio adds to them."""
    select = "select config from configs where run_name = ? order by id desc limit 1"
    found = base.execute(select, (run,)).fetchone()
    config = _json(found[0], path) if found else {}
    return {key: value for key, value in config.items() if not key.startswith("_")}


def _json(text: str | bytes, path: Path) -> dict[str, Any]:
    """Errors: PTT401"""
    try:
        read = json.loads(text)
    except (ValueError, UnicodeDecodeError) as error:
        raise _no_row(path, str(error)) from error
    if not isinstance(read, dict):
        raise _no_row(path, "not an object")
    return read


def _no_row(path: Path, reason: str) -> PttError:
    message = f"a row of this database is not a log dict in JSON ({reason})"
    hint = "Trackio writes one JSON object a log call; see which row is damaged"
    return PttError.of("PTT401", message, file=str(path), hint=hint)


TRACKIO = LogFormat(
    "a Trackio database",
    runs=_runs,
    is_file=lambda path, line: is_database(line) and has_tables(path, _TABLES),
    is_binary=True,
)
