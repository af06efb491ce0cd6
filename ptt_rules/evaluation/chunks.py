"""Detectors judged over a log that comes in chunks of rows."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from ptt_rules.evaluation.compiled import CompiledDetector, ValueAt
from ptt_rules.evaluation.events import Event
from ptt_rules.evaluation.faults import Faults, fault_of
from ptt_rules.evaluation.lifecycle import Moment, awaited
from ptt_rules.evaluation.living import Living
from ptt_rules.evaluation.polars import Columns
from ptt_rules.evaluation.reactions import Firing, Place
from ptt_rules.evaluation.row import STAMPS
from ptt_rules.language import Level, Measure
from ptt_rules.logs import Row

Seen = Mapping[int, int]
"""In how many rows so far columns were observed, by operation."""

Places = tuple[int, ...]
"""Columns of which one calls up a detector; none: each row does."""

_EVERY_ROW = pl.col("step").is_not_null()


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of a log, from row `first` on, with the columns of all operations."""

    first: int
    columns: Columns

    @property
    def height(self) -> int:
        return self.columns.table.height

    @property
    def steps(self) -> pl.Series:
        return self.columns.rows.steps

    def head(self, count: int) -> Chunk:
        """Its first rows."""
        return Chunk(self.first, self.columns.head(count))

    def moment(self, number: int, place: int) -> Moment:
        """The judgement of a number at a row of it."""
        rows = self.columns.rows
        return Moment(number, rows.steps[place], rows.clocks[place], rows.epochs[place])

    def row(self, place: int) -> Row:
        return Row(self.steps[place], self.columns.table["time"][place], None, {})

    def values_at(self, place: int) -> ValueAt:
        return lambda operation: self.columns[operation][place]

    def place(self, place: int) -> Place:
        """A row of it, as the row of its log that it is."""
        return Place(self.first + place, self.row(place), self.values_at(place))


@dataclass(frozen=True, slots=True)
class Judged:
    """What a judgement of a detector told, and whether the detector fires after it.

    `place` is the row's in its chunk.
    """

    place: int
    event: Event | None
    firing: Firing | None


# ---- judgements as columns -----------------------------------------------------------------


def judged_levels(
    compiled: CompiledDetector, columns: Columns, seen: Seen, due: int = 0
) -> pl.Expr:
    """The worst level whose condition is true, 0 if none is; null where it is not judged.

    `seen` is as of the row before the chunk, `due` how many rows up to there it was due at.
    """
    worst = pl.lit(0, dtype=pl.Int8)
    for level, truth in reversed(compiled.levels):
        found = columns.expression(truth)
        worst = pl.when(found).then(pl.lit(int(level), dtype=pl.Int8)).otherwise(worst)
    return pl.when(_is_judged(compiled, columns, seen, due)).then(worst).otherwise(None)


def _is_judged(compiled: CompiledDetector, columns: Columns, seen: Seen, due: int) -> pl.Expr:
    """Where it is due, and `after` is over."""
    is_due, after = _is_due(compiled, columns, seen), compiled.detector.after
    if after is None:
        return is_due
    stands = {measure: pl.lit(columns.rows.stamps(measure)) for measure in STAMPS}
    reached = awaited(after, stands, is_due.cum_sum() + due)
    return is_due & (reached >= after.amount).fill_null(False)


def _is_due(compiled: CompiledDetector, columns: Columns, seen: Seen) -> pl.Expr:
    """Where something calls for a judgement, and its instance has appeared."""
    called = _are_there(columns, compiled.calls)
    is_due = pl.any_horizontal(*called) if called else _EVERY_ROW
    family = compiled.family
    if family is not None:
        there = columns.expression(family).is_not_null().cum_sum() + seen.get(family, 0)
        is_due &= there > 0
    return is_due


# ---- one detector --------------------------------------------------------------------------


class DetectorRun(Living):
    """Judges one detector, or one instance of it, from chunk to chunk."""

    __slots__ = ("_judgements", "_tells_each_firing", "changes", "due")

    def __init__(self, compiled: CompiledDetector, *, tells_each_firing: bool = True) -> None:
        super().__init__(compiled)
        self._tells_each_firing = tells_each_firing
        self._judgements = 0
        self.due = 0
        """At how many rows it was due, if its `after` counts them."""
        self.changes: list[tuple[int, Level | None]] = []
        """Of the present chunk: the level at which it fires from its first row on, and from each
        place on at which that changes."""

    @property
    def counts_rows(self) -> bool:
        after = self.compiled.detector.after
        return after is not None and after.measure is Measure.JUDGEMENTS

    def judge(self, chunk: Chunk, levels: pl.Series, failures: Faults) -> Iterator[Judged]:
        """Judgements in a chunk that told something or left the detector firing.

        Where it does not tell each firing, those at which nothing changed may be left out.
        `levels` is the column of `judged_levels`.

        Cost: one call for each judgement at which something can change
        """
        self.changes = [(0, self.life.level)]
        if self.is_broken or not chunk.height:
            return
        fault = self.fault_in(failures) if failures else None
        if fault is not None:
            yield Judged(0, self.fail(fault, chunk.place(0)), None)
            return
        # nearly all detectors are quiet nearly always, so that this is all that they cost
        if self.life.is_quiet and not levels.max():
            self._judgements += levels.count()
            return
        yield from self._walk(chunk, levels)

    def _walk(self, chunk: Chunk, levels: pl.Series) -> Iterator[Judged]:
        path = _Path.of(self.compiled, chunk, levels)
        number = 0
        while number < len(path.places):
            if self.life.is_quiet:
                number = path.next_holding(number)
                if number == len(path.places):
                    break
            place = path.places[number]
            try:
                judged = self._judge(chunk, path, number)
            except Exception as error:  # told as an event, the other detectors go on
                yield Judged(place, self.fail(fault_of(error), chunk.place(place)), None)
                return
            if judged.event:
                self.changes.append((place, self.life.level))
            if judged.event or judged.firing:
                yield judged
            is_settled = self.life.is_settled(path.level(number), path.until(number))
            may_skip = is_settled and not (self._tells_each_firing and judged.firing)
            number = path.next_change(number) if may_skip else number + 1
        self._judgements += len(path.places)

    def _judge(self, chunk: Chunk, path: _Path, number: int) -> Judged:
        place = path.places[number]
        now = chunk.moment(self._judgements + number, place)
        worst, until = path.level(number), path.until(number)
        event = self.step(worst, until, now, lambda: chunk.place(place))
        return Judged(place, event, self.firing)


@dataclass(frozen=True, slots=True)
class _Path:
    """The judgements of a detector in a chunk: their places, worst levels and `until`."""

    places: Sequence[int]
    levels: Sequence[int]
    untils: Sequence[bool | None] | None
    holding: Sequence[int]
    """Numbers of the judgements at which some level holds."""
    changes: Sequence[int]
    """Numbers of those that differ from the one before."""

    @staticmethod
    def of(compiled: CompiledDetector, chunk: Chunk, levels: pl.Series) -> _Path:
        places = levels.is_not_null().arg_true()
        worst = levels.gather(places)
        differs = worst.ne_missing(worst.shift())
        untils = None
        if compiled.until is not None:
            untils = chunk.columns[compiled.until].gather(places)
            differs |= untils.ne_missing(untils.shift())
        return _Path(
            places.to_list(),
            worst.to_list(),
            None if untils is None else untils.to_list(),
            (worst > 0).arg_true().to_list(),
            differs.arg_true().to_list(),
        )

    def level(self, number: int) -> Level | None:
        return Level(self.levels[number]) if self.levels[number] else None

    def until(self, number: int) -> bool | None:
        return None if self.untils is None else self.untils[number]

    def next_holding(self, number: int) -> int:
        """The judgement from this one on at which a level holds, or behind the last one."""
        place = bisect_left(self.holding, number)
        return self.holding[place] if place < len(self.holding) else len(self.places)

    def next_change(self, number: int) -> int:
        place = bisect_right(self.changes, number)
        return self.changes[place] if place < len(self.changes) else len(self.places)


def judge_all(
    runs: Iterable[DetectorRun],
    chunk: Chunk,
    seen: Seen,
    failures: Faults,
) -> tuple[list[Judged], list[pl.Series]]:
    """What some detectors told and which of them fire, and the columns of `judged_levels`."""
    runs = list(runs)
    table = chunk.columns.table.select(
        judged_levels(run.compiled, chunk.columns, seen, run.due).alias(str(number))
        for number, run in enumerate(runs)
    )
    counting = [run for run in runs if run.counts_rows]
    due = (_is_due(run.compiled, chunk.columns, seen).sum() for run in counting)
    rows = chunk.columns.table.select(one.alias(str(n)) for n, one in enumerate(due))
    for run, more in zip(counting, rows.row(0) if counting else (), strict=True):
        run.due += more
    judged: list[Judged] = []
    levels = table.get_columns()
    for run, column in zip(runs, levels, strict=True):
        judged += run.judge(chunk, column, failures)
    return judged, levels


def counted(columns: Columns, operations: Iterable[int], seen: dict[int, int]) -> None:
    """Adds the rows of a chunk in which columns are observed."""
    numbers = list(operations)
    if numbers:
        counts = columns.table.select(columns.expression(each).count() for each in numbers)
        for each, count in zip(numbers, counts.row(0), strict=True):
            seen[each] = seen.get(each, 0) + count


class Attended:
    """Counts the rows at which detectors are due, as a live engine does."""

    def __init__(self) -> None:
        self._counts: dict[tuple[Places, int | None], int] = {}
        """By what calls for a judgement, and by the column of the family's instance."""

    def rows(self, detector: CompiledDetector) -> int:
        return self._counts.get((detector.calls, detector.family), 0)

    def advance(self, chunk: Chunk, detectors: Iterable[CompiledDetector], seen: Seen) -> None:
        """Takes the rows of a chunk; `seen` is as of the row before it."""
        named = {(one.calls, one.family): one for one in detectors}
        due = (_is_due(one, chunk.columns, seen).sum() for one in named.values())
        counts = chunk.columns.table.select(one.alias(str(n)) for n, one in enumerate(due))
        for key, count in zip(named, counts.row(0) if named else (), strict=True):
            self._counts[key] = self._counts.get(key, 0) + count


def _are_there(columns: Columns, numbers: Sequence[int]) -> list[pl.Expr]:
    return [columns.expression(each).is_not_null() for each in numbers]
