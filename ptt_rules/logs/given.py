"""Runs as callers pass them: a path, a log that was read, a table, or log dicts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from ptt_rules.border import described
from ptt_rules.language import PttError
from ptt_rules.logs.frame import RunLog, check_frame, frame_of
from ptt_rules.logs.read import open_log
from ptt_rules.logs.stream import LogStream

Run = str | os.PathLike[str] | RunLog | pl.DataFrame | pl.LazyFrame | Iterable[Mapping[str, Any]]


def open_run(run: Run) -> LogStream:
    """A log's path, a log, a frame, or log dicts; a lazy frame is collected.

    Errors: PTT401 to PTT404 and PTT501
    """
    if isinstance(run, (str, os.PathLike)):
        return open_log(run)
    return LogStream.of(run if isinstance(run, RunLog) else _in_memory(run))


def _in_memory(run: pl.DataFrame | pl.LazyFrame | Iterable[Mapping[str, Any]]) -> RunLog:
    """Errors: PTT401 for what is not a log"""
    if isinstance(run, pl.LazyFrame):
        run = run.collect()
    return check_frame(run) if isinstance(run, pl.DataFrame) else frame_of(_log_dicts(run))


def _log_dicts(run: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Errors: PTT401 for what is none"""
    if isinstance(run, Mapping) or not isinstance(run, Iterable):
        raise _no_run(run)
    for row in run:
        if not isinstance(row, Mapping):
            raise _no_run(run)
        yield row


def _no_run(given: object) -> PttError:
    hint = "pass a path, a Polars frame, or log dicts, such as `[{'step': 1, 'loss': 0.3}]`"
    return PttError.of("PTT401", f"a run cannot be read from {described(given)}", hint=hint)
