"""Blocks and their merges as columns; see `ptt_rules.evaluation.merges`.

Polars multiplies with the rounded reciprocal where it divides by a single number, and so gives
other last digits than a division: what columns are divided by has to be a column as well.
"""

from __future__ import annotations

import polars as pl

from ptt_rules.evaluation.merges import (
    Merge,
    MergeKind,
    Part,
    decay_factor,
    merge_comoments,
    merge_decay,
    merge_moments,
)

Columns = tuple[pl.Series, ...]
"""The parts of blocks.

Shape: (blocks,) for each
"""


def leaf_columns(merge: Merge, x: pl.Series, y: pl.Series) -> Columns:
    """The parts of the blocks of single observations: numbers `y`, or pairs of `x` and `y`."""
    match merge.kind:
        case MergeKind.SUM:
            return (y,)
        case MergeKind.MIN | MergeKind.MAX:
            return (without_sign(y),)
        case MergeKind.MOMENTS:
            return y, same(0.0, len(y))
        case MergeKind.COMOMENTS:
            zero = same(0.0, len(y))
            return x.cast(pl.Float64), y, zero, zero, zero
        case MergeKind.DECAY:
            one = same(1.0, len(y))
            return one, one, y, same(0.0, len(y))
        case MergeKind.CUSUM:
            return same(0.0, len(y)), y - merge.argument


def merge_columns(merge: Merge, older: Columns, newer: Columns, done: Part, size: float) -> Columns:
    """The blocks of two adjacent ones each, of `done` and of `size` observations."""
    match merge.kind:
        case MergeKind.SUM:
            return (older[0] + newer[0],)
        case MergeKind.MIN:
            return (chosen(newer[0] < older[0], newer[0], older[0]),)
        case MergeKind.MAX:
            return (greater(older[0], newer[0]),)
        case MergeKind.MOMENTS:
            return merge_moments((done, *older), (size, *newer))[1:]
        case MergeKind.COMOMENTS:
            return merge_comoments((done, *older), (size, *newer))[1:]
        case MergeKind.DECAY:
            return merge_decay(older, newer, decay_factor(merge.argument, size))
        case MergeKind.CUSUM:
            return greater(newer[0], older[0] + newer[1]), older[1] + newer[1]


def same(value: float | bool | None, rows: int, dtype: type[pl.DataType] = pl.Float64) -> pl.Series:
    """A column of one value, in full: not a single number that stands for all."""
    column: pl.Series = pl.Series([value], dtype=dtype).new_from_index(0, rows)
    return column


def at(column: pl.Series, places: pl.Series) -> pl.Series:
    """The values at some places; null where a place is."""
    return column.gather(places) if len(column) else column.clear(len(places))


def chosen(condition: pl.Series, values: pl.Series, others: pl.Series) -> pl.Series:
    """The values where the condition is true, the others elsewhere."""
    found: pl.Series = values.zip_with(condition, others)
    return found


def without_sign(numbers: pl.Series) -> pl.Series:
    """Numbers whose zeros are 0.0, not -0.0: of equal ones it is then the same which is taken."""
    return chosen(numbers == 0, same(0.0, len(numbers)), numbers)


def greater(one: pl.Series, other: pl.Series) -> pl.Series:
    """The greater of two numbers, the first of equal ones and of a number and NaN."""
    return chosen((other > one) & other.is_not_nan(), other, one)
