"""A whole log at once: conditions as columns, then the same lives and policies as live."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import polars as pl

from ptt_rules.backends.polars import FrameProgram
from ptt_rules.engine.compiled import CompiledDetector, CompiledPack, ValueAt
from ptt_rules.engine.engine import Blind, blind_detectors
from ptt_rules.engine.events import Action, Event
from ptt_rules.engine.lifecycle import Life, Moment
from ptt_rules.engine.reactions import PolicyRun
from ptt_rules.rows import Row
from ptt_rules.types import Level, Measure


@dataclass(frozen=True, slots=True)
class Replay:
    """What a pack would have told and done on a log."""

    events: list[Event]
    actions: list[Action]
    frame: pl.DataFrame
    blind: list[Blind]
    unreadable: dict[str, int] = field(default_factory=dict)
    """Keys whose values were no numbers, with the number of rows."""
    abandoned: int = 0
    """Rows left out because a resume went back before them."""
    torn: int = 0
    """Last lines left out because a killed writer did not finish them."""

    @property
    def rows(self) -> int:
        return self.frame.height


def replay_frame(
    compiled: CompiledPack, frame: pl.DataFrame, config: Mapping[str, Any] | None = None
) -> Replay:
    """Judges a metric frame; the same events and actions as row by row.

    Shape: a metric frame as `ptt_rules.logs` makes it: `step`, `time`, `epoch`, metrics
    """
    columns = FrameProgram(compiled.program, frame, config).columns
    seen = {
        column: frame.height - columns[column].null_count()
        for detector in compiled.detectors
        for column in detector.columns
    }
    replay = _FrameReplay(columns, frame)
    events = [event for detector in compiled.detectors for event in replay.events(detector)]
    events.sort(key=lambda event: (event.row, -event.level, event.detector))
    policy = PolicyRun(compiled.policy)
    actions = [
        action
        for _, row_events in groupby(events, key=lambda event: event.row)
        for action in policy.react(list(row_events))
    ]
    return Replay(events, actions, frame, blind_detectors(compiled, seen))


class _FrameReplay:
    """Runs the life of each detector over the columns of a program."""

    def __init__(self, columns: dict[int, pl.Series], frame: pl.DataFrame) -> None:
        self._columns = columns
        self._steps = frame["step"]
        self._times = frame["time"]

    def events(self, compiled: CompiledDetector) -> Iterator[Event]:
        """Events of one detector; while nothing can change, rows are skipped.

        Cost: one call for each judgement at which a level holds, or fires, or held before
        """
        rows = self._judged_rows(compiled)
        steps = self._steps.gather(rows).to_list()
        worst = self._worst_levels(compiled, rows)
        until = self._until(compiled, rows)
        holding = [number for number, level in enumerate(worst) if level]
        life = Life(compiled.detector)
        row_numbers = rows.to_list()
        number = 0
        while number < len(row_numbers):
            if life.is_quiet:
                following = bisect_left(holding, number)
                if following == len(holding):
                    return
                number = holding[following]
            level = Level(worst[number]) if worst[number] else None
            change = life.judge(level, until[number], Moment(number, steps[number]))
            if change is not None:
                row = row_numbers[number]
                yield compiled.event(change, row, self._row(row), self._values_at(row))
            number += 1

    def _judged_rows(self, compiled: CompiledDetector) -> pl.Series:
        """Numbers of the rows in which a metric of the detector is observed, past `after`."""
        observed = [pl.lit(self._columns[column]).is_not_null() for column in compiled.columns]
        judged = pl.any_horizontal(*observed) if observed else pl.lit(self._steps).is_not_null()
        after = compiled.detector.after
        if after is not None and after.measure is Measure.STEPS:
            judged &= pl.lit(self._steps) >= after.amount
        elif after is not None:
            for column in observed:
                judged &= column.cum_sum() >= after.amount
        return pl.select(judged.arg_true()).to_series()

    def _worst_levels(self, compiled: CompiledDetector, rows: pl.Series) -> list[int]:
        """The worst level whose condition is true at each row, 0 if there is none."""
        worst = pl.lit(0, dtype=pl.Int8)
        for level, truth in reversed(compiled.levels):
            column = pl.lit(self._columns[truth].gather(rows))
            worst = pl.when(column).then(pl.lit(int(level), dtype=pl.Int8)).otherwise(worst)
        levels: list[int] = pl.select(worst.alias("worst")).to_series().to_list()
        return levels

    def _until(self, compiled: CompiledDetector, rows: pl.Series) -> list[bool | None]:
        if compiled.until is None:
            return [None] * len(rows)
        truths: list[bool | None] = self._columns[compiled.until].gather(rows).to_list()
        return truths

    def _values_at(self, row: int) -> ValueAt:
        return lambda operation: self._columns[operation][row]

    def _row(self, number: int) -> Row:
        return Row(self._steps[number], self._times[number], None, {})
