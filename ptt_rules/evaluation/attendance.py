"""Which detectors have something to judge at a row, as one Python function of its values.

Most detectors find nothing at most rows: their metrics are there, their conditions are false or
unknown as before, and nothing that they remember changes but the number of their judgements. The
function counts for all of them and names those that have more to do. A call for each would take
longer than their rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ptt_rules.evaluation.compiled import CompiledDetector
from ptt_rules.evaluation.row import function_of

Columns = tuple[int, ...]

StageOf = Callable[[Columns], int]
"""The stage after which it is known which of some columns are there."""

AWAKE = object()
"""What no condition is: each row may change something."""


At = tuple[int, int, int]
"""Of an instance: where its values begin, its counts, and its detectors."""


class Roll:
    """The detectors of a family: one function looks after all instances."""

    def __init__(
        self,
        templates: Sequence[CompiledDetector],
        places: Mapping[int, int],
        stage_of: StageOf,
    ) -> None:
        self._places = places
        families = [(one.family,) for one in templates if one.family is not None]
        watched = [(column,) for one in templates for column in one.logged]
        # families first: an instance of a detector begins with the row in which its family does
        counted = dict.fromkeys([*families, *watched, *(one.calls for one in templates)])
        self.counted = [each for each in counted if not places.keys().isdisjoint(each)]
        """What an instance has counts of its own for, in the numbers of the templates."""
        counts = {each: f"at + {number}" for number, each in enumerate(self.counted)}
        called = {f"first + {number}": one for number, one in enumerate(templates)}
        self.looks: dict[int, Callable[..., None]] = {}
        """By stage."""
        for stage in sorted({0, *(one.stage for one in templates), *map(stage_of, self.counted)}):
            now = {each: place for each, place in counts.items() if stage_of(each) == stage}
            lines = [*_lines(now, _of_stage(called, stage), counts, self._source)]
            body = [
                "for base, at, first in instances:",
                *(f"    {line}" for line in lines or ["pass"]),
            ]
            self.looks[stage] = function_of("look(values, counts, idle, call, instances)", body, {})

    def _source(self, operation: int) -> str:
        place = self._places.get(operation)
        return f"{operation}" if place is None else f"base + {place}"

    def number(self, operation: int, base: int) -> int:
        """What stands for an operation of the templates in an instance."""
        place = self._places.get(operation)
        return operation if place is None else base + place


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The detectors of an instance, with the places of their judgements."""

    at: At
    places: Sequence[int]


class Attendance:
    """Counts the rows at which metrics are there, and calls up detectors."""

    def __init__(self, stage_of: StageOf = lambda columns: 0) -> None:
        self.stage_of = stage_of
        self.counts: list[int] = []
        """By place: at how many rows one of its columns was there."""
        self.idle: list[object] = []
        """By detector: what its conditions are at a row that changes nothing, False or None."""
        self._places: dict[Columns, int] = {}
        self._common: list[Columns] = []
        """Those that no instance of a family has to itself."""
        self._detectors: list[CompiledDetector] = []
        self._looks: dict[int, Callable[..., None]] = {}

    def place(self, columns: Columns) -> int:
        """Where the rows are counted at which one of some columns is there; of none, all rows."""
        if columns not in self._places:
            self._common.append(columns)
            self._places[columns] = len(self.counts)
            self.counts.append(0)
        return self._places[columns]

    def watch(self, detector: CompiledDetector) -> None:
        """Counts how often each of the columns that a detector reads is there, and how often it is
        judged.
        """
        for column in detector.logged:
            self.place((column,))
        self.place(detector.calls)

    def seen(self, column: int) -> int:
        """At how many rows a column that is watched was there."""
        return self.counts[self._places[column,]]

    def add(self, detector: CompiledDetector) -> int:
        """A detector that is called up from the first row on; the place of its judgements."""
        self.watch(detector)
        self._detectors.append(detector)
        self.idle.append(AWAKE)
        return self.place(detector.calls)

    def enroll(self, roll: Roll, detectors: Sequence[CompiledDetector], base: int) -> Enrolled:
        """The detectors of one instance, whose values begin at a place, from now on."""
        at, first = len(self.counts), len(self.idle)
        for number, columns in enumerate(roll.counted):
            own = tuple(roll.number(column, base) for column in columns)
            self._places[own] = at + number
        self.counts += [0] * len(roll.counted)
        self.idle += [AWAKE] * len(detectors)
        places = [self._places[one.calls] for one in detectors]
        return Enrolled((base, at, first), places)

    def due(
        self, values: Sequence[Any], awake: Iterable[tuple[Roll, Sequence[At]]], stage: int = 0
    ) -> list[int]:
        """The numbers of the detectors of a stage that have more to do at a row than to count.

        They rise.
        """
        if stage not in self._looks:
            self._looks[stage] = self._written(stage)
        found: list[int] = []
        self._looks[stage](values, self.counts, self.idle, found.append)
        for roll, instances in awake:
            if stage in roll.looks:
                roll.looks[stage](values, self.counts, self.idle, found.append, instances)
        # events are in the order of detectors, whatever the order of the calls
        found.sort()
        return found

    def _written(self, stage: int) -> Callable[..., None]:
        """The function that looks at the detectors of a stage, those of families left aside."""
        counts = {columns: f"{self._places[columns]}" for columns in self._common}
        now = {each: place for each, place in counts.items() if self.stage_of(each) == stage}
        called = {f"{number}": one for number, one in enumerate(self._detectors)}
        lines = _lines(now, _of_stage(called, stage), counts, str)
        return function_of("look(values, counts, idle, call)", lines, {})


def _of_stage(called: Mapping[str, CompiledDetector], stage: int) -> dict[str, CompiledDetector]:
    return {number: one for number, one in called.items() if one.stage == stage}


def _lines(
    counted: Mapping[Columns, str],
    called: Mapping[str, CompiledDetector],
    places: Mapping[Columns, str],
    source: Callable[[int], str],
) -> Iterator[str]:
    """The body of a function that looks: places and numbers are given as source.

    It counts `counted`; `places` has where all are counted.
    """
    groups = {columns: [f"counts[{place}] += 1"] for columns, place in counted.items()}
    for number, one in called.items():
        # by identity: truths are the singletons True, False and None, and AWAKE is none of them, so
        # that a detector with more to do is due at every row
        is_due = " or ".join(
            f"values[{source(truth)}] is not idle[{number}]" for _, truth in one.levels
        )
        begun = "" if one.family is None else f"counts[{places[one.family,]}] and "
        groups.setdefault(_looked_at(one), []).append(f"if {begun}({is_due}): call({number})")
    for columns, lines in groups.items():
        is_there = " or ".join(f"values[{source(column)}] is not None" for column in columns)
        yield f"if {is_there or 'True'}:"
        yield from (f"    {line}" for line in lines)


def _looked_at(detector: CompiledDetector) -> Columns:
    """The columns of which one calls it up, none for each row.

    An instance begins with the column of its family, whether it judges it or not.
    """
    columns, family = detector.calls, detector.family
    return columns if not columns or family is None or family in columns else (*columns, family)
