"""Replaying a pack over a log, wherever the log is, and explaining what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from ptt_rules.evaluation import (
    Action,
    CompiledPack,
    Crowded,
    Engine,
    Event,
    Gap,
    Incident,
    LogReplay,
    Reach,
    Unjudged,
    judged_in_columns,
    left_out,
    with_own_texts,
)
from ptt_rules.evaluation.why import Explanation, explain
from ptt_rules.logs import LogStream, Run, RunContext, RunLog, Siblings, rows_of
from ptt_rules.packs import Pack

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
    after_stop: int
    """Rows that were not judged, as they come after a `stop` of the policy."""
    torn: int
    """Last lines left out because a killed writer did not finish them."""
    notes: tuple[str, ...]
    """What is to be said of how the log was read, a sentence each."""
    log: LogStream = field(repr=False)

    @property
    def unjudged(self) -> list[Unjudged]:
        """Detectors that could not judge, or only in part, each with what it lacks."""
        return [*self.reach.unjudged]

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The metric frame of the whole log; a log on the disk is read for it once more."""
        return self.log.read().frame


def replay(
    pack: Pack,
    run: Run,
    *,
    config: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    siblings: Siblings | Run | Iterable[Run] | None = None,
    stack: str | None = None,
) -> Replay:
    """What a pack would have told and done on a run: a log's path, a frame, or log dicts.

    A lazy frame is collected.

    What rules read beside its rows (`config.NAME`, `run.NAME`) comes from the log if it has it;
    what is passed goes before. `siblings` are runs that it is compared with. `stack` names the
    framework that logged it, such as `verl`, where its keys do not show it.

    Errors: PTT401 to PTT404 for a log that cannot be read
    Cost:   a log on the disk is read in chunks, so that it may be larger than the memory
    """
    log = pack.log_of(run, stack)
    judged = _judged(pack.compiled, log, RunContext.of(config, facts, siblings).over(log.context))
    events = with_own_texts(judged.events, log.own_texts)
    return Replay(
        events=events,
        actions=judged.actions,
        incidents=pack.incidents(events),
        reach=judged.reach(),
        crowded=judged.crowded(),
        rows=judged.rows,
        last_step=judged.last_step,
        unreadable=dict(log.unreadable),
        abandoned=log.abandoned,
        after_stop=judged.after_stop,
        torn=log.torn,
        notes=log.notes,
        log=log,
    )


def _judged(compiled: CompiledPack, log: LogStream, context: RunContext) -> LogReplay | _RowReplay:
    """A log judged in columns where these are faster, row by row else: both tell the same."""
    in_columns = None
    if log.rows >= LEAST_ROWS:
        in_columns = judged_in_columns(compiled, context, log.chunks, MOST_GROWN)
    if in_columns is not None:
        return in_columns
    by_rows = _RowReplay(Engine(compiled, context))
    for chunk in log.chunks():
        by_rows.advance(chunk)
    return by_rows


class _RowReplay:
    """Judges the rows of a log one by one, as a run does."""

    def __init__(self, engine: Engine) -> None:
        self.events: list[Event] = []
        self.actions: list[Action] = []
        self.last_step = 0
        self.gaps: list[Gap] = []
        """The rows that were left out, as they come after a `stop`."""
        self._engine = engine

    def advance(self, frame: pl.DataFrame) -> None:
        for row in rows_of(frame):
            self.events += self._engine.judge(row)
            self.actions += self._engine.actions
            self.last_step = row.step
            if not self._engine.has_judged:
                left_out(self.gaps, self._engine.rows - 1, self._engine.rows)

    @property
    def rows(self) -> int:
        return self._engine.rows

    @property
    def after_stop(self) -> int:
        return self._engine.after_stop

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
    facts: Mapping[str, Any] | None = None,
    siblings: Siblings | Run | Iterable[Run] | None = None,
    stack: str | None = None,
) -> Explanation:
    """Why a detector fired on a run, or why it did not: each part of its condition at one row.

    `detector` is `kl_jump`, `grpo.kl_jump`, or one of them with `[instance]`.
    Without a step it is the row of its first event, or the one at which it came nearest to it.

    Errors: PTT101 for a detector that is not there, PTT401 to PTT404 for the log
    """
    log = pack.log_of(run, stack).read()
    context = RunContext.of(config, facts, siblings).over(log.context)
    gaps = rows_after_stops(pack.compiled, log, context)
    return explain(pack.compiled, log.frame, context, detector, step, gaps)


def rows_after_stops(compiled: CompiledPack, log: RunLog, context: RunContext) -> list[Gap]:
    """The rows of a log that come after a `stop` of the policy: where each begins and ends.

    Cost: a replay of the log where the policy has a `stop`, else nothing
    """
    if compiled.policy is None or not compiled.policy.can_stop:
        return []
    return _judged(compiled, LogStream.of(log), context).gaps
