"""Reading a run's log, whatever its format."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from polars.exceptions import PolarsError

from ptt_rules.border import NotRegularError
from ptt_rules.language import PttError
from ptt_rules.logs.detect import READABLE, find_log, several_runs
from ptt_rules.logs.format import LogFormat, Runs
from ptt_rules.logs.frame import RunLog
from ptt_rules.logs.stream import LogStream, Piece

_HINT = f"give {READABLE}"


def read_log(path: str | os.PathLike[str]) -> RunLog:
    """The metric frame of a run's log.

    Errors: PTT401 to PTT403, PTT404 for a reader that is not installed, PTT501 for a row
            whose step is invalid
    """
    return open_log(path).read()


def open_log(path: str | os.PathLike[str]) -> LogStream:
    """A run's log to be read in chunks; it may be larger than the memory.

    Of a file or folder that holds several runs one is named after it: `mlflow.db#my-run`.

    JSON lines, CSV and Parquet are read twice: first their steps, which decide which rows survive,
    and then the rows. The other formats are read at once.

    Errors: as `read_log`, some of them while the chunks are read
    """
    place, run = _place(path)
    if not place.exists():
        raise PttError.of("PTT402", "there is no such run log", file=str(place), hint=_HINT)
    with _readable(place):
        log = _open(*find_log(place), run)

    def pieces(rows: int) -> Iterator[Piece]:
        with _readable(place):
            yield from log.pieces(rows)

    return replace(log, pieces=pieces)


@contextmanager
def _readable(place: Path) -> Iterator[None]:
    """Errors: PTT401 for what the system or Polars cannot read"""
    try:
        yield
    except NotRegularError as error:
        hint = "a log is read more than once: write it to a file first"
        raise PttError.of("PTT401", str(error.strerror), file=str(place), hint=hint) from error
    except (OSError, UnicodeError, PolarsError) as error:
        message = f"this file cannot be read ({error})"
        raise PttError.of("PTT401", message, file=str(place), hint=_HINT) from error


def _place(path: str | os.PathLike[str]) -> tuple[Path, str | None]:
    """The file or folder, and the run in it where one is named."""
    place = Path(path)
    outer, sign, run = os.fspath(place).rpartition("#")
    if place.exists() or not sign or not run or not Path(outer).exists():
        return place, None
    inner = Path(outer, run)
    return (inner, None) if inner.exists() else (Path(outer), run)


def _open(found: LogFormat, place: Path, run: str | None) -> LogStream:
    """Errors: PTT412 for several runs; PTT403 if its only line is torn, unless the run may have
    just begun"""
    log = found.open(place) if found.open else _one_of(found.runs(place), place, run)
    if log.torn and not log.rows and not found.may_be_torn:
        message = "this log has no steps: its only line is not finished"
        raise PttError.of("PTT403", message, file=str(place), hint=_HINT)
    return log


def _one_of(runs: Runs, place: Path, run: str | None) -> LogStream:
    """The run that is meant. Errors: PTT412, PTT401 where there are none"""
    if not runs:
        raise PttError.of("PTT401", "no run has logged anything here", file=str(place), hint=_HINT)
    if run is not None and run in runs:
        return runs[run]()
    if run is None and len(runs) == 1:
        return next(iter(runs.values()))()
    raise several_runs(place, [*runs], f"{place}#{[*runs][-1]}")
