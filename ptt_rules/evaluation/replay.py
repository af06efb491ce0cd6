"""A whole log: conditions as columns, then the same lives and policies as live."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
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
from ptt_rules.evaluation.past import Before, Cut, Past, observed
from ptt_rules.evaluation.polars import FrameProgram
from ptt_rules.evaluation.reactions import Place, PolicyRun
from ptt_rules.evaluation.row import Crowded, Stream
from ptt_rules.evaluation.stages import judge_chunk
from ptt_rules.evaluation.suppression import Suppression
from ptt_rules.evaluation.unjudged import Reach, reach_of
from ptt_rules.language.ir import asked_by
from ptt_rules.logs import NOTHING_KNOWN, POSITION_KEYS, RESUMED, RunContext

CELLS = 1 << 24
"""Numbers that the columns of a chunk may have: 128 MiB."""

MOST_STOPS = 8
"""Stops and resumes after them that a log may have to be judged in columns: each takes another
look at it."""

Gap = tuple[int, int]
"""Rows of a log that come after a `stop`: from one on up to another without it."""

_LEAST_ROWS = 1 << 10
_MOST_ROWS = 1 << 16


def judged_in_columns(
    compiled: CompiledPack,
    context: RunContext,
    chunks: Callable[[int], Iterable[pl.DataFrame]],
    most_grown: float = inf,
) -> LogReplay | None:
    """A log judged as columns; None where rows are better judged one by one.

    So it is where instances of families have more columns than `most_grown`; where a column fails:
    at which row, only a judge of single rows can tell; and after many stops. `chunks` gives the
    metric frames of the log, of about so many rows each, as often as it is asked.

    Cost: a `stop` is known once the columns of its chunk are. Where the log shows a resume after
          it, it is judged once more, cut at the stop
    """
    stops: list[int] = []
    while len(stops) <= MOST_STOPS:
        judged = LogReplay(compiled, context, stops)
        for chunk in chunks(judged.chunk_rows):
            judged.advance(chunk, most_grown)
            if judged.unseen_from is not None:
                break
            if judged.has_faults or judged.grown > most_grown:
                return None
        if judged.unseen_from is None:
            return judged
        stops.append(judged.unseen_from)
    return None


class LogReplay:
    """Judges the chunks of a log, one after the other; any chunking tells the same.

    `stops` are the rows before which it is known that a `stop` comes, in order: the rows after it
    are left out, up to one that marks a resume.
    """

    def __init__(
        self,
        compiled: CompiledPack,
        context: RunContext = NOTHING_KNOWN,
        stops: Sequence[int] = (),
    ) -> None:
        self.events: list[Event] = []
        self.actions: list[Action] = []
        self.rows = 0
        self.last_step = 0
        self.gaps: list[Gap] = []
        """The rows that were left out."""
        self.unseen_from: int | None = None
        """A row before which a `stop` was found too late, if the run goes on after it.

        The columns have gone past it: the log has to be judged anew, with the row among the
        `stops`.
        """
        self._stops = stops
        self._is_stopped = False
        self._cut: Cut | None = None
        """What was known at the newest `stop`, if the columns have gone past it."""
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

    @property
    def after_stop(self) -> int:
        """How many rows were left out, as they come after a `stop`."""
        return sum(end - first for first, end in self.gaps)

    def advance(self, frame: pl.DataFrame, most_grown: float = inf) -> None:
        """Judges the next rows: a metric frame.

        It leaves off at a row of `unseen_from`, and where instances of families have more columns
        than `most_grown`: who asks then gives up.
        """
        while frame.height and self.unseen_from is None and self.grown <= most_grown:
            here = self._leave_out(frame) if self._is_stopped else 0
            if not here:
                piece = frame.head(self._rows_to_stop(frame.height))
                here = self._judge(piece, most_grown)
            frame = frame.slice(here)

    def _leave_out(self, frame: pl.DataFrame) -> int:
        """Passes over the first rows of a frame, up to one that marks a resume; how many."""
        marks = _resumes(frame)
        count = marks[0] if marks else frame.height
        self._is_stopped = not marks
        if marks and self._cut is not None:
            joins = bool(self.gaps) and self.gaps[-1][1] == self.rows
            self.unseen_from = self.gaps[-1][0] if joins else self.rows
            return count
        if count:
            left_out(self.gaps, self.rows, self.rows + count)
            self.rows, self.last_step = self.rows + count, frame["step"][count - 1]
        return count

    def _rows_to_stop(self, height: int) -> int:
        """How many of so many rows come up to the next `stop` that is known."""
        number = bisect_right(self._stops, self.rows)
        known = self._stops[number] if number < len(self._stops) else inf
        return int(min(height, known - self.rows))

    def _judge(self, frame: pl.DataFrame, most_grown: float) -> int:
        """Judges the rows of a frame, up to a `stop` after which the next one is not seen; how
        many."""
        self._grow(frame, most_grown)
        if self.grown > most_grown:
            return 0
        before, at = Before.of(self._operations, self._program), (self.rows, self._seen)
        chunk, judged = judge_chunk(self._program, self._operations, frame, self._runs, at)
        ends = self._decided_end(frame, chunk, judged)
        chunk = chunk.head(ends)
        self._attended.advance(chunk, (run.compiled for run in self._runs), self._seen)
        counted(chunk.columns, self._counted, self._seen)
        self.rows += ends
        self.last_step = chunk.steps[-1]
        if ends < frame.height:
            past = self._operations, self._program, self._seen
            self._cut = Cut(*past, before, chunk.columns)
            if self.crowded():  # perhaps by a row after the stop
                self.unseen_from = self.rows
        return ends

    def _decided_end(self, frame: pl.DataFrame, chunk: Chunk, judged: Iterable[Judged]) -> int:
        """Decides row by row, up to a `stop`, if the next row marks no resume; how many."""
        resumes = frozenset(_resumes(frame))
        for place, group in groupby(judged, key=lambda one: one.place):
            after: int = place + 1
            if self._decide(chunk, place, list(group)) and after not in resumes:
                self._is_stopped = True
                return after
        return frame.height

    def _grow(self, frame: pl.DataFrame, most: float) -> None:
        """Makes columns for the instances that the next rows bring, up to so many."""
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

    def _decide(self, chunk: Chunk, place: int, judged: list[Judged]) -> bool:
        """Notes what is found and done at a row; whether that ends the run."""
        changes = [one.event for one in judged if one.event]
        firings = [one.firing for one in judged if one.firing]
        where = chunk.place(place)
        events = self._suppression.settle(changes, firings, where)
        self.events += events
        actions = self._policy.react(firings, events, where, self._program.failures)
        self.actions += actions
        return any(one.ends_run for one in actions)

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
        past = self._cut or Past(self._operations, self._program, self._seen)
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
    column that none of them reads. `gaps` are rows that come after a `stop`: the frame is cut
    there, and its own rows are counted without them.
    """

    def __init__(
        self,
        compiled: CompiledPack,
        frame: pl.DataFrame,
        context: RunContext,
        names: Collection[str] | None = None,
        gaps: Iterable[Gap] = (),
    ) -> None:
        self._cut = _Cut.of(frame, gaps)
        frame = self._cut.frame
        self.program = compiled.program.copy()
        found = [*compiled.judging]
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
        return observed(stream, self.columns.head(row + 1))

    def place(self, row: int) -> Place:
        return Chunk(0, self.columns).place(row)

    def number(self, row: int) -> int:
        """Which row of the log a row of the frame is."""
        return self._cut.number(row)

    def stopped_before(self, step: int) -> int | None:
        """The step of the `stop` after which a step comes that no row of the frame has."""
        return self._cut.stopped_before(step)


@dataclass(frozen=True, slots=True)
class _Cut:
    """A frame without the rows that come after a `stop`, and where these were."""

    frame: pl.DataFrame
    gaps: Sequence[Gap]
    steps: pl.Series
    """Of the whole frame."""

    @staticmethod
    def of(frame: pl.DataFrame, gaps: Iterable[Gap]) -> _Cut:
        gaps, steps = [*gaps], frame["step"]
        if gaps:
            begins = [0, *(end for _, end in gaps)]
            ends = [*(first for first, _ in gaps), frame.height]
            frame = pl.concat(
                frame.slice(begin, end - begin) for begin, end in zip(begins, ends, strict=True)
            )
        return _Cut(frame, gaps, steps)

    def number(self, row: int) -> int:
        for first, end in self.gaps:
            if row >= first:
                row += end - first
        return row

    def stopped_before(self, step: int) -> int | None:
        for first, end in self.gaps:
            if self.steps[first] <= step <= self.steps[end - 1]:
                return int(self.steps[first - 1])
        return None


def _with_asked(compiled: CompiledPack, names: Collection[str]) -> set[str]:
    """Some detectors, those that suppress one, and those of which one of them asks."""
    by_name = {one.detector.qualified: one.detector for one in compiled.judging}
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


def left_out(gaps: list[Gap], first: int, end: int) -> None:
    """Notes rows that were left out; they join those that were left out right before them."""
    if gaps and gaps[-1][1] == first:
        first, _ = gaps.pop()
    gaps.append((first, end))


def _resumes(frame: pl.DataFrame) -> list[int]:
    """The rows of a frame that mark a resume."""
    if RESUMED not in frame.columns:
        return []
    return frame[RESUMED].fill_null(False).arg_true().to_list()


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
