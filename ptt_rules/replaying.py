"""Replaying a pack over a log, wherever the log is, and explaining what comes of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from ptt_rules.border import described
from ptt_rules.evaluation import (
    Action,
    Crowded,
    Engine,
    Event,
    Incident,
    LogReplay,
    Reach,
    Unjudged,
)
from ptt_rules.evaluation.row import named_arguments
from ptt_rules.evaluation.why import Explanation, explain
from ptt_rules.language import PttError
from ptt_rules.logs import LogStream, RunLog, check_frame, frame_of, open_log, rows_of
from ptt_rules.packs import Pack

Run = str | os.PathLike[str] | pl.DataFrame | pl.LazyFrame | Iterable[Mapping[str, Any]]

LEAST_ROWS = 1_000
"""Shorter logs are judged row by row.

A column takes 0.2 ms however few its rows are: for logs of trainers and the packs that ship, the
two ways take as long at 1,000 to 2,500 rows, at 200 a run's way is two to three times as fast.
"""

MOST_GROWN = 1 << 12
"""Columns that instances of families may have; with more, rows are judged one by one.

Rows pass over the instances that they have no key of, columns do not, and each column more makes
all others slower: 26,000 of them take eight times as long as their rows.
"""


@dataclass(frozen=True)
class Replay:
    """What a pack would have told and done on a log."""

    events: list[Event]
    actions: list[Action]
    incidents: list[Incident]
    """The findings that belong together, each with its first cause."""
    reach: Reach
    """How much of the pack could judge."""
    crowded: list[Crowded]
    """Families with more instances than are judged."""
    rows: int
    last_step: int
    unreadable: dict[str, int]
    """Keys whose values were not numbers, with the number of rows."""
    abandoned: int
    """Rows left out because a resume went back before them."""
    torn: int
    """Last lines left out because a killed writer did not finish them."""
    log: LogStream = field(repr=False)

    @property
    def unjudged(self) -> list[Unjudged]:
        """Detectors that could not judge, or only in part, each with what it lacks."""
        return [*self.reach.unjudged]

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The metric frame of the whole log; a log on the disk is read for it once more."""
        return self.log.read().frame


def replay(pack: Pack, run: Run, *, config: Mapping[str, Any] | None = None) -> Replay:
    """What a pack would have told and done on a run: a log's path, a frame, or log dicts.

    A lazy frame is collected.

    Training arguments for `config.` come from the log if it has them; `config` goes before.

    Errors: PTT401 to PTT404 for a log that cannot be read
    Cost:   a log on the disk is read in chunks, so that it may be larger than the memory
    """
    log = _open(run)
    judged = _judged(pack, log, {**log.config, **named_arguments(config)})
    return Replay(
        events=judged.events,
        actions=judged.actions,
        incidents=pack.incidents(judged.events),
        reach=judged.reach(),
        crowded=judged.crowded(),
        rows=judged.rows,
        last_step=judged.last_step,
        unreadable=dict(log.unreadable),
        abandoned=log.abandoned,
        torn=log.torn,
        log=log,
    )


def _judged(pack: Pack, log: LogStream, config: Mapping[str, Any]) -> LogReplay | _RowReplay:
    """A log judged in columns where these are faster, row by row else: both tell the same."""
    in_columns = _in_columns(pack, log, config) if log.rows >= LEAST_ROWS else None
    if in_columns is not None:
        return in_columns
    by_rows = _RowReplay(pack.engine(config))
    for chunk in log.chunks():
        by_rows.advance(chunk)
    return by_rows


def _in_columns(pack: Pack, log: LogStream, config: Mapping[str, Any]) -> LogReplay | None:
    """None where rows are better judged one by one.

    So it is with many instances of families, and where a column fails: at which row, only a judge
    of single rows can tell.
    """
    judged = LogReplay(pack.compiled, config)
    for chunk in log.chunks(judged.chunk_rows):
        judged.grow(chunk, MOST_GROWN)
        if judged.grown > MOST_GROWN:
            return None
        judged.advance(chunk)
        if judged.has_faults:
            return None
    return judged


class _RowReplay:
    """Judges the rows of a log one by one, as a run does."""

    def __init__(self, engine: Engine) -> None:
        self.events: list[Event] = []
        self.actions: list[Action] = []
        self.last_step = 0
        self._engine = engine

    def advance(self, frame: pl.DataFrame) -> None:
        for row in rows_of(frame):
            self.events += self._engine.judge(row)
            self.actions += self._engine.actions
            self.last_step = row.step

    @property
    def rows(self) -> int:
        return self._engine.rows

    def reach(self) -> Reach:
        return self._engine.reach()

    def crowded(self) -> list[Crowded]:
        return self._engine.crowded()


def why(
    pack: Pack,
    run: Run,
    detector: str,
    *,
    step: int | None = None,
    config: Mapping[str, Any] | None = None,
) -> Explanation:
    """Why a detector fired on a run, or why it did not: each part of its condition at one row.

    `detector` is `entropy_collapse`, `grpo.entropy_collapse`, or one of them with `[instance]`.
    Without a step it is the row of its first event, or the one at which it came nearest to it.

    Errors: PTT101 for a detector that is not there, PTT401 to PTT404 for the log
    """
    log = _open(run).read()
    return explain(
        pack.compiled, log.frame, {**log.config, **named_arguments(config)}, detector, step
    )


def _open(run: Run) -> LogStream:
    if isinstance(run, (str, os.PathLike)):
        return open_log(run)
    return LogStream.of(_in_memory(run))


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
