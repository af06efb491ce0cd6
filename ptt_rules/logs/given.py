"""Runs as callers pass them: a path, a log that was read, a table, or log dicts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from ptt_rules.border import described
from ptt_rules.language import PttError
from ptt_rules.logs.by_stack import by_stack
from ptt_rules.logs.frame import RunLog, check_frame, frame_of
from ptt_rules.logs.places import placed, step_key_of
from ptt_rules.logs.read import open_log
from ptt_rules.logs.run_directory import has_metrics
from ptt_rules.logs.stream import LogStream

Run = str | os.PathLike[str] | RunLog | pl.DataFrame | pl.LazyFrame | Iterable[Mapping[str, Any]]


def open_run(run: Run, *, reads: Set[str] = frozenset(), stack: str | None = None) -> LogStream:
    """A log's path, a log, a frame, or log dicts; a lazy frame is collected.

    `reads` are the keys that rules read: the keys of another framework get these names. `stack`
    names the framework where its keys do not show it. A run directory has the keys by which its
    rows were judged.

    Errors: PTT303 for a framework that is not known, PTT401 to PTT404, PTT412 and PTT501
    """
    log = _opened(run)
    is_own = isinstance(run, (str, os.PathLike)) and has_metrics(Path(run))
    return log if is_own and stack is None else by_stack(log, reads, stack)


def _opened(run: Run) -> LogStream:
    if isinstance(run, (str, os.PathLike)):
        return open_log(run)
    return LogStream.of(run if isinstance(run, RunLog) else _in_memory(run))


def _in_memory(run: pl.DataFrame | pl.LazyFrame | Iterable[Mapping[str, Any]]) -> RunLog:
    """Errors: PTT401 for what is not a log, PTT403"""
    if isinstance(run, pl.LazyFrame):
        run = run.collect()
    if isinstance(run, pl.DataFrame):
        return check_frame(run) if "step" in run.columns else _placed(run.to_dicts())
    rows = [*_log_dicts(run)]
    return frame_of(rows) if not rows or step_key_of(rows) == "step" else _placed(rows)


def _placed(rows: Iterable[Mapping[str, Any]]) -> RunLog:
    """Log dicts whose steps have another name, or none: as trainers hand them to `on_log`."""
    found = placed(rows)
    return replace(frame_of(found.rows), notes=found.notes)


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
