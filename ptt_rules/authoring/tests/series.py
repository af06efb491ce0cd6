"""Series of tests as samples, and tests as the rows that a trainer would have logged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from random import Random
from typing import Any

from ptt_rules.language.ir import Series, Test
from ptt_rules.language.syntax import tree

Sample = float | None
"""A logged value; None: the row has no such key."""

LogRow = dict[str, Any]
"""A log event with keys as logged, as the engine takes it."""


def samples(series: Series, of: str = "") -> list[Sample]:
    """The samples of a series; noise has a seed of its key and of the place of its piece, and of
    the run that it is of, where that is another.

    Null: None is a row without the key
    """
    return [
        sample
        for number, piece in enumerate(series.pieces)
        for sample in _piece(piece, Random(f"{of}{series.key} {number}"))
    ]


def _piece(piece: tree.Piece, random: Random) -> Iterator[Sample]:
    """The samples of a piece; all noise of a group is of one seed, and new in each repetition."""
    match piece:
        case tree.RepeatPiece(value=value, times=times):
            return repeat(value.value, _count(times))
        case tree.GapPiece(times=times):
            return repeat(None, _count(times))
        case tree.NoisePiece(mean=mean, std=std, times=times):
            return (random.gauss(mean.value, std.value) for _ in range(_count(times)))
        case tree.RampPiece(start=start, end=end, count=count):
            return _ramp(start.value, end.value, _count(count))
        case tree.GroupPiece(pieces=pieces, times=times):
            return (
                sample
                for _ in range(_count(times))
                for one in pieces
                for sample in _piece(one, random)
            )


def _count(times: tree.Number | None) -> int:
    return 1 if times is None else int(times.value)


def _ramp(start: float, end: float, count: int) -> Iterator[float]:
    """From one number to the other, both included; a single one is the end."""
    for index in range(count - 1):
        yield start + (end - start) * (index / (count - 1))
    yield end


def rows_of(test: Test) -> list[LogRow]:
    """The rows that the series of a test make; a shorter series is absent after its end."""
    columns = {series.key: samples(series) for series in test.series}
    return rows_of_samples(columns, every=test.every, start=test.start)


def sibling_rows(test: Test) -> list[LogRow]:
    """The rows of the sibling run, at the steps at which the run has its own."""
    columns = {series.key: samples(series, "siblings ") for series in test.siblings}
    return rows_of_samples(columns, every=test.every, start=test.start)


def rows_of_samples(
    columns: Mapping[str, Sequence[Sample]], *, every: int = 1, start: int = 1
) -> list[LogRow]:
    """The rows of some keys; a shorter column is absent after its end."""
    length = max(map(len, columns.values()), default=0)
    rows: list[LogRow] = [{"step": start + every * row} for row in range(length)]
    for key, column in columns.items():
        for row, sample in zip(rows, column, strict=False):
            if sample is not None:
                row[key] = sample
    return rows
