"""Replaying a pack over a log, wherever the log is, and explaining what comes of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from ptt_rules.engine import Action, Blind, Event, Incident
from ptt_rules.engine.replay import LogReplay
from ptt_rules.engine.why import Explanation, explain
from ptt_rules.logs import LogStream, RunLog, check_frame, frame_of, open_log
from ptt_rules.packs import Pack

Run = str | os.PathLike[str] | pl.DataFrame | Iterable[Mapping[str, Any]]


@dataclass(frozen=True)
class Replay:
    """What a pack would have told and done on a log."""

    events: list[Event]
    actions: list[Action]
    incidents: list[Incident]
    """The findings that belong together, each with its first cause."""
    blind: list[Blind]
    rows: int
    last_step: int
    unreadable: dict[str, int]
    """Keys whose values were no numbers, with the number of rows."""
    abandoned: int
    """Rows left out because a resume went back before them."""
    torn: int
    """Last lines left out because a killed writer did not finish them."""
    log: LogStream = field(repr=False)

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The metric frame of the whole log; a log on the disk is read for it once more."""
        return self.log.read().frame


def replay(pack: Pack, run: Run, *, config: Mapping[str, Any] | None = None) -> Replay:
    """What a pack would have told and done on a run: a log's path, a frame, or log dicts.

    Training arguments for `config.` come from the log if it has them; `config` goes before.

    Errors: PTT401 to PTT404 for a log that cannot be read
    Cost:   a log on the disk is read in chunks, so that it may be larger than the memory
    """
    log = _open(run)
    replaying = LogReplay(pack.compiled, {**log.config, **(config or {})})
    for chunk in log.chunks(replaying.chunk_rows):
        replaying.advance(chunk)
    return Replay(
        events=replaying.events,
        actions=replaying.actions,
        incidents=pack.incidents(replaying.events),
        blind=replaying.blind(),
        rows=replaying.rows,
        last_step=replaying.last_step,
        unreadable=dict(log.unreadable),
        abandoned=log.abandoned,
        torn=log.torn,
        log=log,
    )


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
    return explain(pack.compiled, log.frame, {**log.config, **(config or {})}, detector, step)


def _open(run: Run) -> LogStream:
    if isinstance(run, (str, os.PathLike)):
        return open_log(run)
    return LogStream.of(_in_memory(run))


def _in_memory(run: pl.DataFrame | Iterable[Mapping[str, Any]]) -> RunLog:
    return check_frame(run) if isinstance(run, pl.DataFrame) else frame_of(run)
