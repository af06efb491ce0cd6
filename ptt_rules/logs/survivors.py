"""Which rows of a log are of the branch that survived, after resumes from earlier steps."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from ptt_rules.logs.rows import RESUMED

Range = tuple[int, int]
"""The rows from one on up to another without it."""


@dataclass(frozen=True)
class Survivors:
    """The rows of the surviving branch, as ranges in their order, of `rows` in all."""

    ranges: tuple[Range, ...]
    rows: int

    @staticmethod
    def of(steps: pl.Series) -> Survivors:
        """A row whose step is below the one before it removes all rows at or past its step.

        Shape: (rows,)
        """
        ranges: list[Range] = []
        begin = 0
        for fall in (steps.diff() < 0).arg_true():
            ranges.append((begin, fall))
            begin = fall
            while ranges and steps[ranges[-1][0]] >= steps[fall]:
                ranges.pop()
            if ranges:
                first, end = ranges[-1]
                ranges[-1] = first, bisect_left(steps, steps[fall], first, end)
        if begin < len(steps):
            ranges.append((begin, len(steps)))
        return Survivors(tuple(ranges), len(steps))

    @property
    def abandoned(self) -> int:
        return self.rows - sum(end - first for first, end in self.ranges)

    def has(self, row: int) -> bool:
        """Whether a row survives."""
        place = bisect_right(self.ranges, row, key=lambda one: one[0])
        return place > 0 and row < self.ranges[place - 1][1]

    @cached_property
    def marks(self) -> frozenset[int]:
        """The rows at which a step falls, of those that survive: the run resumed there."""
        return frozenset(begin for begin, _ in self.ranges if begin)

    def within(self, first: int, count: int) -> Iterator[Range]:
        """The surviving rows, counted from the first."""
        for begin, end in self.ranges:
            if begin < first + count and first < end:
                yield max(begin, first) - first, min(end - first, count)

    def count(self, rows: Sequence[int]) -> int:
        """How many of some rows survive, which are in their order."""
        return sum(bisect_left(rows, end) - bisect_left(rows, first) for first, end in self.ranges)

    def of_frame(self, frame: pl.DataFrame, first: int) -> pl.DataFrame:
        """The surviving rows of a frame that begins with row `first`."""
        kept = [
            _marked(piece) if first + begin in self.marks else piece
            for begin, end in self.within(first, frame.height)
            for piece in (frame.slice(begin, end - begin),)
        ]
        whole = pl.concat(kept, how="diagonal") if kept else frame.clear()
        if RESUMED not in whole.columns:
            return whole
        others = whole.drop(RESUMED)
        place = others.columns.index("epoch") + 1
        return others.insert_column(place, whole[RESUMED].fill_null(False))


def _marked(piece: pl.DataFrame) -> pl.DataFrame:
    """A piece of a frame of which the first row marks a resume."""
    others = pl.col(RESUMED) if RESUMED in piece.columns else pl.lit(None, dtype=pl.Boolean)
    is_first = pl.int_range(pl.len()) == 0
    return piece.with_columns(pl.when(is_first).then(True).otherwise(others).alias(RESUMED))
