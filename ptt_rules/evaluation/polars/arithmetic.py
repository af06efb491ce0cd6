"""The arithmetic of folds over columns; see `ptt_rules.language.functions`.

Polars multiplies with the rounded reciprocal where it divides by a single number, and so gives
other last digits than a division: what columns are divided by has to be a column as well.
"""

from __future__ import annotations

import polars as pl

from ptt_rules.language.functions import Arithmetic, Fold

Parts = tuple[pl.Series, ...]
"""The parts of blocks.

Shape: (blocks,) for each
"""


def leaf_parts(fold: Fold, x: pl.Series, y: pl.Series) -> Parts:
    """The parts of the blocks of single observations: numbers `y`, or pairs of `x` and `y`."""
    value = (x.cast(pl.Float64), y) if fold.is_of_pairs else y
    return fold.parts(fold.leaf()(value, None))


def joined(fold: Fold, older: Parts, newer: Parts, done: float | pl.Series, size: float) -> Parts:
    """The blocks of two adjacent ones each, of `done` and of `size` observations."""
    both = fold.join(COLUMNS)(fold.block(older, done), fold.block(newer, size))
    return fold.parts(both)


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


def _quotient(above: pl.Series, below: pl.Series) -> pl.Series:
    quotients: pl.Series = above / below
    return quotients.set(below == 0, None)


def _greater(one: pl.Series, other: pl.Series) -> pl.Series:
    # NaN is greater than all numbers in Polars
    return chosen((other > one) & other.is_not_nan(), other, one)


def _smaller(one: pl.Series, other: pl.Series) -> pl.Series:
    return chosen((other < one) & one.is_not_nan(), other, one)


def _within_one(number: pl.Series) -> pl.Series:
    one = same(1.0, len(number))
    kept = chosen((number > 1) & number.is_not_nan(), one, number)
    return chosen(kept < -1, -one, kept)


COLUMNS = Arithmetic(pl.Series.sqrt, _quotient, _greater, _smaller, _within_one)
