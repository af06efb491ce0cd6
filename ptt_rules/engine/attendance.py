"""Which detectors have something to judge at a row, as one Python function of its values.

Most detectors find nothing at most rows: their metrics are there, their conditions are false or
unknown as before, and nothing that they remember changes but the number of their judgements. The
function counts for all of them and names those that have more to do. A call for each would take
longer than their rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ptt_rules.backends.generated import MOST_FUNCTIONS, function_of
from ptt_rules.engine.compiled import CompiledDetector

Columns = tuple[int, ...]

AWAKE = object()
"""What no condition is: each row may change something."""


class Attendance:
    """Counts the rows at which metrics are there, and calls up detectors."""

    def __init__(self) -> None:
        self.counts: list[int] = []
        """By place: at how many rows one of its columns was there."""
        self.idle: list[object] = []
        """By detector: what its conditions are at a row that changes nothing, False or None."""
        self._places: dict[Columns, int] = {}
        self._detectors: list[CompiledDetector] = []
        self._functions: list[Callable[..., None]] = []
        self._written = (0, 0)
        """The number of places and of detectors that have a function."""

    def place(self, columns: Columns) -> int:
        """Where the rows are counted at which one of some columns is there; of none, all rows."""
        if columns not in self._places:
            self._places[columns] = len(self._places)
            self.counts.append(0)
        return self._places[columns]

    def watch(self, detector: CompiledDetector) -> None:
        """Counts how often each of the columns that a detector reads is there."""
        for column in detector.logged:
            self.place((column,))

    def seen(self, column: int) -> int:
        """At how many rows a column that is watched was there."""
        return self.counts[self._places[column,]]

    def judgements(self, detector: CompiledDetector) -> int:
        """At how many rows one of the columns of a detector was there."""
        place = self._places.get(detector.columns)
        return 0 if place is None else self.counts[place]

    def add(self, detector: CompiledDetector) -> int:
        """A detector that is called up from now on; the place of its judgements."""
        self.watch(detector)
        self._detectors.append(detector)
        self.idle.append(AWAKE)
        return self.place(detector.columns)

    def due(self, values: Sequence[Any]) -> list[int]:
        """The numbers of the detectors that have more to do at a row than to count, rising."""
        if self._written != (len(self._places), len(self._detectors)):
            self._write()
        found: list[int] = []
        for look in self._functions:
            look(values, self.counts, self.idle, found.append)
        found.sort()
        return found

    def _write(self) -> None:
        """A function of what has none; of all in one when they get many."""
        if len(self._functions) >= MOST_FUNCTIONS:
            self._functions.clear()
            self._written = (0, 0)
        lines = self._lines(*self._written)
        self._functions.append(function_of("look(values, counts, idle, call)", lines, {}))
        self._written = (len(self._places), len(self._detectors))

    def _lines(self, first_place: int, first_detector: int) -> Iterator[str]:
        groups: dict[Columns, list[str]] = {}
        for columns, place in list(self._places.items())[first_place:]:
            groups[columns] = [f"counts[{place}] += 1"]
        for number in range(first_detector, len(self._detectors)):
            detector = self._detectors[number]
            groups.setdefault(_looked_at(detector), []).append(
                f"if {_is_called(number, detector)}: call({number})"
            )
        for columns, lines in groups.items():
            is_there = " or ".join(f"values[{column}] is not None" for column in columns)
            yield f"if {is_there or 'True'}:"
            yield from (f"    {line}" for line in lines)


def _looked_at(detector: CompiledDetector) -> Columns:
    """The columns of which one calls it up, none for each row.

    An instance begins with the column of its family, whether it judges it or not.
    """
    columns, family = detector.columns, detector.family
    return columns if not columns or family is None or family in columns else (*columns, family)


def _is_called(number: int, detector: CompiledDetector) -> str:
    return " or ".join(f"values[{truth}] is not idle[{number}]" for _, truth in detector.levels)
