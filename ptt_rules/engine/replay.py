"""A whole log at once: conditions as columns, then the same lives and policies as live."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import polars as pl

from ptt_rules.backends.polars import FrameProgram, clock
from ptt_rules.engine.compiled import CompiledDetector, CompiledPack, ValueAt
from ptt_rules.engine.engine import Blind, blind_detectors, event_order
from ptt_rules.engine.events import Action, Event
from ptt_rules.engine.families import Families
from ptt_rules.engine.lifecycle import Life, Moment
from ptt_rules.engine.reactions import Firing, Place, PolicyRun, ended
from ptt_rules.engine.suppression import Suppression
from ptt_rules.rows import POSITION_KEYS, Row
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


@dataclass(frozen=True, slots=True)
class Judged:
    """What a judgement of a detector told, and whether the detector fires after it."""

    row: int
    event: Event | None
    firing: Firing | None


def replay_frame(
    compiled: CompiledPack, frame: pl.DataFrame, config: Mapping[str, Any] | None = None
) -> Replay:
    """Judges a metric frame; the same events and actions as row by row.

    Shape: a metric frame as `ptt_rules.logs` makes it: `step`, `time`, `epoch`, metrics
    """
    whole = FrameReplay(compiled, frame, config)
    suppression, policy = Suppression(compiled), PolicyRun(compiled.policy)
    events: list[Event] = []
    actions: list[Action] = []
    for row, of_row in whole.by_row(whole.detectors):
        told = sorted((one.event for one in of_row if one.event), key=event_order)
        events += suppression.mark(told)
        firings = [one.firing for one in of_row if one.firing]
        place = Place(row, whole.row(row), whole.values_at(row))
        actions += policy.react(firings, ended(told), place)
    return Replay(events, actions, frame, whole.blind())


class FrameReplay:
    """The columns of a pack's program over a frame, and the life of each detector over them."""

    def __init__(
        self, compiled: CompiledPack, frame: pl.DataFrame, config: Mapping[str, Any] | None
    ) -> None:
        self._compiled = compiled
        self.program = compiled.program.copy()
        self.detectors = [one for one in compiled.detectors if not one.is_template]
        families = Families(compiled)
        keys = [name for name in frame.columns if name not in POSITION_KEYS]
        for word in families.new_words(keys):
            self.detectors += families.instances(self.program, word)[0]
        self.columns = FrameProgram(self.program, frame, config).columns
        self.config = config or {}
        self.frame = frame
        self.steps = frame["step"]
        self.clocks = clock(frame["time"])

    def blind(self) -> list[Blind]:
        columns = {c for one in (*self._compiled.detectors, *self.detectors) for c in one.columns}
        seen = {c: self.frame.height - self.columns[c].null_count() for c in columns}
        return blind_detectors(self._compiled, filter(self._exists, self.detectors), seen)

    def _exists(self, compiled: CompiledDetector) -> bool:
        """Whether an instance has appeared; a detector of no family is always there."""
        family = compiled.family
        return family is None or self.columns[family].null_count() < self.frame.height

    def by_row(self, detectors: Iterable[CompiledDetector]) -> Iterator[tuple[int, list[Judged]]]:
        """What some detectors told and which of them fire, row by row."""
        judged = [one for detector in detectors for one in self.judged(detector)]
        judged.sort(key=lambda one: one.row)
        for row, group in groupby(judged, key=lambda one: one.row):
            yield row, list(group)

    def judged(self, compiled: CompiledDetector) -> Iterator[Judged]:
        """Judgements of one detector that told something or left it firing.

        Cost: one call for each judgement at which a level holds, or fires, or held before
        """
        rows = self.judged_rows(compiled)
        steps, clocks = self.steps.gather(rows).to_list(), self.clocks.gather(rows).to_list()
        worst = self.worst_levels(compiled, rows)
        until = self.until(compiled, rows)
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
            now = Moment(number, steps[number], clocks[number])
            change = life.judge(level, until[number], now)
            row = row_numbers[number]
            event = None
            if change is not None:
                event = compiled.event(change, row, self.row(row), self.values_at(row))
            firing = None
            if life.level is not None:
                firing = Firing(compiled, life.level, now)
            if event or firing:
                yield Judged(row, event, firing)
            number += 1

    def judged_rows(self, compiled: CompiledDetector) -> pl.Series:
        """Numbers of the rows in which a metric of the detector is observed, past `after`."""
        observed = [pl.lit(self.columns[column]).is_not_null() for column in compiled.columns]
        judged = pl.any_horizontal(*observed) if observed else pl.lit(self.steps).is_not_null()
        after = compiled.detector.after
        if after is not None:
            match after.measure:
                case Measure.STEPS:
                    judged &= pl.lit(self.steps) >= after.amount
                case Measure.SECONDS:
                    judged &= (pl.lit(self.clocks) >= after.amount).fill_null(False)
                case Measure.JUDGEMENTS:
                    for column in observed:
                        judged &= column.cum_sum() >= after.amount
        if compiled.family is not None:
            judged &= pl.lit(self.columns[compiled.family]).is_not_null().cum_sum() > 0
        return pl.select(judged.arg_true()).to_series()

    def worst_levels(self, compiled: CompiledDetector, rows: pl.Series) -> list[int]:
        """The worst level whose condition is true at each row, 0 if there is none."""
        worst = pl.lit(0, dtype=pl.Int8)
        for level, truth in reversed(compiled.levels):
            column = pl.lit(self.columns[truth].gather(rows))
            worst = pl.when(column).then(pl.lit(int(level), dtype=pl.Int8)).otherwise(worst)
        levels: list[int] = pl.select(worst.alias("worst")).to_series().to_list()
        return levels

    def until(self, compiled: CompiledDetector, rows: pl.Series) -> list[bool | None]:
        if compiled.until is None:
            return [None] * len(rows)
        truths: list[bool | None] = self.columns[compiled.until].gather(rows).to_list()
        return truths

    def values_at(self, row: int) -> ValueAt:
        return lambda operation: self.columns[operation][row]

    def row(self, number: int) -> Row:
        return Row(self.steps[number], self.frame["time"][number], None, {})
