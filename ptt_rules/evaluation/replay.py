"""A whole log: conditions as columns, then the same lives and policies as live."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from math import inf

import polars as pl

from ptt_rules.evaluation.chunks import (
    Attended,
    Chunk,
    DetectorRun,
    Judged,
    counted,
    judge_all,
    judged_levels,
)
from ptt_rules.evaluation.compiled import CompiledDetector, CompiledPack
from ptt_rules.evaluation.events import Action, Event
from ptt_rules.evaluation.families import Families, Word, all_crowded
from ptt_rules.evaluation.given import why_unknown
from ptt_rules.evaluation.polars import FrameProgram
from ptt_rules.evaluation.reactions import Place, PolicyRun
from ptt_rules.evaluation.row import Crowded, Stream
from ptt_rules.evaluation.stages import judge_chunk
from ptt_rules.evaluation.suppression import Suppression
from ptt_rules.evaluation.unjudged import Reach, reach_of
from ptt_rules.language import Kind, Measure
from ptt_rules.language.ir import Given, asked_by
from ptt_rules.language.passes import Program
from ptt_rules.logs import NOTHING_KNOWN, POSITION_KEYS, RESUMED, RunContext, Siblings

CELLS = 1 << 24
"""Numbers that the columns of a chunk may have: 128 MiB."""

_LEAST_ROWS = 1 << 10
_MOST_ROWS = 1 << 16


@dataclass(frozen=True, slots=True)
class _Past:
    """What the rows of a log have made known."""

    program: Program
    frame: FrameProgram
    seen: Mapping[int, int]

    def rows_with(self, operation: int) -> float:
        return self.seen.get(operation, 0)

    def is_known(self, operation: int) -> bool:
        return self.frame.is_known(operation)

    def observations(self, stream: Stream) -> float:
        return self.frame.observations(stream)

    def why_unknown(self, node: Given) -> str | None:
        return why_unknown(node, self.frame.context)

    @property
    def siblings(self) -> Siblings:
        return self.frame.context.siblings

    @property
    def has_end(self) -> bool:
        return self.frame.context.max_steps is not None

    def stands(self, measure: Measure) -> float | None:
        return self.frame.stands[measure]


class LogReplay:
    """Judges the chunks of a log, one after the other; any chunking tells the same."""

    def __init__(self, compiled: CompiledPack, context: RunContext = NOTHING_KNOWN) -> None:
        self.events: list[Event] = []
        self.actions: list[Action] = []
        self.rows = 0
        self.last_step = 0
        self.unseen_from: int | None = None
        """The first row that comes after a `stop` and marks no resume.

        Only a judge of single rows can leave it out: what is told from there on does not count.
        """
        self._after_stops: list[int] = []
        """The numbers of the rows after those of a `stop`, as far as they did not come yet."""
        self._compiled = compiled
        self._operations = compiled.program.copy()
        self._program = FrameProgram(self._operations, context)
        self._families = Families(compiled)
        self._suppression, self._policy = Suppression(compiled), PolicyRun(compiled.policy)
        self._seen: dict[int, int] = {}
        self._attended = Attended()
        self._runs: list[DetectorRun] = []
        self._add(one for one in compiled.detectors if not one.is_template)

    @property
    def chunk_rows(self) -> int:
        """Rows of a chunk, so that its columns take a bounded part of the memory."""
        fitting = CELLS // max(1, len(self._operations.operations))
        return min(_MOST_ROWS, max(_LEAST_ROWS, fitting))

    def advance(self, frame: pl.DataFrame) -> None:
        """Judges the next rows: a metric frame."""
        if not frame.height:
            return
        self.grow(frame)
        at = self.rows, self._seen
        chunk, judged = judge_chunk(self._program, self._operations, frame, self._runs, at)
        for place, group in groupby(judged, key=lambda one: one.place):
            self._decide(chunk, place, list(group))
        self._follow_stops(frame)
        self._attended.advance(chunk, (run.compiled for run in self._runs), self._seen)
        counted(chunk.columns, self._counted, self._seen)
        self.rows += frame.height
        self.last_step = chunk.steps[-1]

    def grow(self, frame: pl.DataFrame, most: float = inf) -> None:
        """Makes columns for the instances that the next rows bring, as `advance` does by itself.

        It leaves off where instances have more columns than `most`: who asks then gives up.
        """
        for word in new_words(self._families, frame, self.rows):
            detectors, numbers = self._families.instances(self._operations, word)
            self._program.extend(numbers)
            self._seen.update((numbers[old], self._seen.get(old, 0)) for old in numbers)
            self._add(detectors)
            if self.grown > most:
                return

    @property
    def grown(self) -> int:
        """How many columns the instances of families have, beside those of the pack itself."""
        return len(self._operations.operations) - len(self._compiled.program.operations)

    def _add(self, detectors: Iterable[CompiledDetector]) -> None:
        policy = self._compiled.policy
        each = policy is not None and policy.follows_firings
        self._runs += (
            DetectorRun(one, tells_each_firing=each or self._suppression.follows(one))
            for one in detectors
        )

    def _decide(self, chunk: Chunk, place: int, judged: list[Judged]) -> None:
        changes = [one.event for one in judged if one.event]
        firings = [one.firing for one in judged if one.firing]
        where = chunk.place(place)
        events = self._suppression.settle(changes, firings, where)
        self.events += events
        actions = self._policy.react(firings, events, where, self._program.failures)
        self.actions += actions
        if any(one.ends_run for one in actions):
            self._after_stops.append(where.number + 1)

    def _follow_stops(self, frame: pl.DataFrame) -> None:
        """Looks at the rows of a frame, which begins with row `rows`, that come after a `stop`."""
        marks = frame[RESUMED] if RESUMED in frame.columns else None
        end = self.rows + frame.height
        for row in (row for row in self._after_stops if row < end):
            if self.unseen_from is None and (marks is None or not marks[row - self.rows]):
                self.unseen_from = row
        self._after_stops = [row for row in self._after_stops if row >= end]

    @property
    def has_faults(self) -> bool:
        """Whether something failed: at which row, only a judge of single rows can tell."""
        is_broken = any(run.is_broken for run in self._runs)
        return bool(self._program.failures or self._policy.off) or is_broken

    # ---- what it has seen ------------------------------------------------------------------

    @property
    def _counted(self) -> set[int]:
        """The columns whose observations are counted."""
        detectors = [*self._compiled.detectors, *(run.compiled for run in self._runs)]
        columns = {column for one in detectors for column in one.logged}
        families = {one.family for one in detectors if one.family is not None}
        return columns | families

    def reach(self) -> Reach:
        """How much of the pack could judge a log without faults, by the operands of conditions."""
        present = [(run.compiled, None) for run in self._runs if self._exists(run.compiled)]
        past = _Past(self._operations, self._program, self._seen)
        return reach_of(self._compiled, present, past, self._attended.rows, self.rows)

    def crowded(self) -> list[Crowded]:
        """Families with more instances than are judged."""
        return list(all_crowded(self._families, self._program.crowded()))

    def _exists(self, compiled: CompiledDetector) -> bool:
        """Whether an instance has appeared; a detector of no family is always there."""
        return compiled.family is None or self._seen.get(compiled.family, 0) > 0


class FrameReplay:
    """A frame in one piece, with the columns of its operations: for those who ask why.

    With the qualified `names` of some detectors it has these and what suppresses them, and no
    column that none of them reads.
    """

    def __init__(
        self,
        compiled: CompiledPack,
        frame: pl.DataFrame,
        context: RunContext,
        names: Collection[str] | None = None,
    ) -> None:
        self.program = compiled.program.copy()
        found = [*compiled.detectors]
        families = Families(compiled)
        for word in new_words(families, frame, 0):
            found += families.instances(self.program, word)[0]
        wanted_names = None if names is None else _with_asked(compiled, names)
        asked = [
            one for one in found if wanted_names is None or one.detector.qualified in wanted_names
        ]
        self.detectors = [one for one in asked if not one.is_template]
        wanted = None if names is None else frozenset[int]().union(*(d.operations for d in asked))
        program = FrameProgram(self.program, context, wanted)
        # only what others ask for has to be judged before the columns are whole
        runs = [DetectorRun(one) for one in self.detectors if self.program.last_stage]
        self.columns = judge_chunk(program, self.program, frame, runs, (0, {}))[0].columns
        self.context = context
        self.frame = frame
        self.rows = self.columns.rows
        self.steps = self.rows.steps
        self._failures = program.failures

    def by_row(self, detectors: Iterable[CompiledDetector]) -> Iterator[tuple[int, list[Judged]]]:
        """What some detectors told and which of them fire, row by row."""
        chunk = Chunk(0, self.columns)
        judged, _ = judge_all(map(DetectorRun, detectors), chunk, {}, self._failures)
        judged.sort(key=lambda one: one.place)
        for row, group in groupby(judged, key=lambda one: one.place):
            yield row, list(group)

    def judgements(self, compiled: CompiledDetector) -> tuple[pl.Series, pl.Series]:
        """The rows at which a detector is judged, and its worst level there, 0 if there is none.

        Shape: (judgements,), (judgements,)
        """
        found = judged_levels(compiled, self.columns, {}).alias("level")
        levels = self.columns.table.select(found).to_series()
        return levels.is_not_null().arg_true(), levels.drop_nulls()

    def until(self, compiled: CompiledDetector, rows: pl.Series) -> list[bool | None]:
        if compiled.until is None:
            return [None] * len(rows)
        truths: list[bool | None] = self.columns[compiled.until].gather(rows).to_list()
        return truths

    def observations(self, stream: Stream, row: int) -> int:
        """How many observations of a stream there were up to a row."""
        is_number = stream.kind is Kind.NUMBER
        so_far = [self.columns[each].head(row + 1) for each in stream.inputs]
        used = [one.is_finite() if is_number else one.is_not_null() for one in so_far]
        found = pl.select(pl.all_horizontal(pl.lit(one) for one in used).sum()).item()
        return int(found or 0)

    def place(self, row: int) -> Place:
        return Chunk(0, self.columns).place(row)


def _with_asked(compiled: CompiledPack, names: Collection[str]) -> set[str]:
    """Some detectors, those that suppress one, and those of which one of them asks."""
    by_name = {one.detector.qualified: one.detector for one in compiled.detectors}
    waiting = [
        name
        for name, one in by_name.items()
        if name in names or any(other in names for other in one.suppresses)
    ]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in found:
            found.add(name)
            waiting += asked_by(by_name[name])
    return found


def new_words(families: Families, frame: pl.DataFrame, first: int) -> Iterator[Word]:
    """The words that the rows of a frame bring, in the order in which a run brings them.

    `first` is the number of the first row.
    """
    keys = [
        name
        for name in frame.columns
        if name not in POSITION_KEYS
        and not all(families.has(word) for word in families.words_of(name))
    ]
    if not keys:
        return
    places = frame.select(pl.col(name).is_not_null().arg_max() for name in keys).row(0)
    is_there = frame.select(pl.col(name).is_not_null().any() for name in keys).row(0)
    by_row: dict[int, list[str]] = {}
    for key, place, there in zip(keys, places, is_there, strict=True):
        if there:
            by_row.setdefault(place, []).append(key)
    for place in sorted(by_row):
        yield from families.new_words(by_row[place], first + place)
