"""MLflow's stores: a folder of files, and a SQLite database; both may hold many runs.

A NaN of the database is the value 0 with a mark, an infinite number the greatest float.

Source: mlflow-skinny 3.17.2, `mlflow/store/tracking/{file_store,dbmodels/models}.py`
"""

from __future__ import annotations

import json
import math
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from ptt_rules.border import regular_text
from ptt_rules.language import PttError
from ptt_rules.logs.database import has_tables, is_database, opened
from ptt_rules.logs.format import LogFormat, Runs
from ptt_rules.logs.keys import logged_keys
from ptt_rules.logs.scalars import OF_ANY_KIND, Scalar, log_events
from ptt_rules.logs.stream import LogStream

_NAME = "tags/mlflow.runName"


def _stream(points: Iterable[Scalar], config: dict[str, Any], place: Path) -> LogStream:
    """A run of its points, in the order in which they were logged."""
    found = sorted(points, key=lambda point: (point[0], point[2] in OF_ANY_KIND))
    names = logged_keys(key for _, _, key, _ in found)
    began = found[0][0] if found else 0.0
    rows = log_events(((t, step, names[key], v) for t, step, key, v in found), began)
    return LogStream.of_rows(rows, config, file=str(place))


def _argument(text: str) -> Any:
    """A parameter, which MLflow keeps as text."""
    words = {"True": True, "False": False, "None": None}
    if text in words:
        return words[text]
    try:
        return json.loads(text)
    except ValueError:
        return text


def _unique(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """By identifier the name of a run; where two share theirs, the identifier."""
    found = dict(names)
    shared = {name for name in found.values() if [*found.values()].count(name) > 1}
    return {key: key if name in shared or not name else name for key, name in found.items()}


# ---- the folder ----------------------------------------------------------------------------


def _runs_in(folder: Path) -> Runs:
    """Errors: PTT401 for a metric that cannot be read"""
    places = {str(each): each for each in _run_folders(folder)}
    names = _unique((key, _run_name(each)) for key, each in places.items())
    by_name = sorted(places.items(), key=lambda one: names[one[0]])
    return {names[key]: partial(_of_files, each) for key, each in by_name}


def _run_folders(folder: Path) -> Iterator[Path]:
    """Folders of runs: this one, its own, or those of its experiments."""
    patterns = ("metrics", "*/metrics", "*/*/metrics")
    for pattern in patterns:
        found = [each.parent for each in folder.glob(pattern) if _is_run(each.parent)]
        if found:
            yield from sorted(found)
            return


def _is_run(folder: Path) -> bool:
    return (folder / "metrics").is_dir() and (folder / "meta.yaml").is_file()


def _run_name(folder: Path) -> str:
    tag = folder / _NAME
    return regular_text(tag).strip() if tag.is_file() else folder.name


def _of_files(folder: Path) -> LogStream:
    metrics = folder / "metrics"
    files = sorted(path for path in metrics.rglob("*") if path.is_file())
    points = (p for path in files for p in _points(path, path.relative_to(metrics).as_posix()))
    parameters = (path for path in sorted((folder / "params").rglob("*")) if path.is_file())
    config = {
        path.relative_to(folder / "params").as_posix(): _argument(regular_text(path).strip())
        for path in parameters
    }
    return _stream(points, config, folder)


def _points(path: Path, key: str) -> Iterator[Scalar]:
    """Lines of milliseconds, value and step, of which old ones lack the step."""
    for place, line in enumerate(regular_text(path).splitlines(), 1):
        parts = line.split()
        if not parts:
            continue
        try:
            milliseconds, value = float(parts[0]), float(parts[1])
            yield milliseconds / 1000, int(parts[2]) if len(parts) == 3 else 0, key, value
        except (IndexError, ValueError) as error:
            hint = "a metric of MLflow has a time, a value and a step a line"
            message = f"line {place} is not a value of a metric"
            raise PttError.of("PTT401", message, file=str(path), hint=hint) from error


# ---- the database --------------------------------------------------------------------------

_TABLES = {
    "metrics": {"key", "value", "timestamp", "run_uuid", "step", "is_nan"},
    "runs": {"run_uuid", "name"},
}
_POINTS = (
    "select timestamp, step, key, value, is_nan from metrics where run_uuid = ? order by rowid"
)


def _runs_of(path: Path) -> Runs:
    """Errors: PTT401"""
    with closing(opened(path)) as base:
        rows = base.execute("select run_uuid, name from runs order by start_time, run_uuid")
        logged = {key for (key,) in base.execute("select distinct run_uuid from metrics")}
        names = _unique((key, name or "") for key, name in rows if key in logged)
    return {name: partial(_of_database, path, key) for key, name in names.items()}


def _of_database(path: Path, run: str) -> LogStream:
    with closing(opened(path)) as base:
        points = [
            (milliseconds / 1000, step, key, _value(value, is_nan))
            for milliseconds, step, key, value, is_nan in base.execute(_POINTS, (run,))
        ]
        config = _parameters(base, run)
    return _stream(points, config, path)


def _parameters(base: sqlite3.Connection, run: str) -> dict[str, Any]:
    rows = base.execute("select key, value from params where run_uuid = ?", (run,))
    return {key: _argument(text) for key, text in rows}


def _value(value: float, is_nan: int) -> float:
    if is_nan:
        return math.nan
    return math.copysign(math.inf, value) if abs(value) == sys.float_info.max else value


MLFLOW_FILES = LogFormat(
    "the folder of an MLflow run",
    runs=_runs_in,
    in_folder=lambda folder: folder if any(_run_folders(folder)) else None,
)
MLFLOW_DATABASE = LogFormat(
    "an MLflow database",
    runs=_runs_of,
    is_file=lambda path, line: is_database(line) and has_tables(path, _TABLES),
    is_binary=True,
)
