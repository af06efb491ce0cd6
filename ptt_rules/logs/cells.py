"""Columns of any type as numbers, with the same meaning as one value at a time."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ptt_rules.border import number

_TEXTS = (pl.String, pl.Categorical, pl.Enum)


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column as numbers, and the rows whose values are not numbers.

    Null: null where the column is null or blank, or the value is not a number
    """

    numbers: pl.Series
    unreadable: list[int]


def read_numbers(column: pl.Series) -> Numbers:
    """The numbers of a column, as `rows.number` reads each of its values."""
    given = _stripped(column) if column.dtype in _TEXTS else column
    numbers = _numbers(given)
    return Numbers(numbers, (given.is_not_null() & numbers.is_null()).arg_true().to_list())


def _stripped(column: pl.Series) -> pl.Series:
    """Texts without white space around them; a cell of nothing else is empty."""
    text: pl.Series = column.cast(pl.String).str.strip_chars()
    return text.set(text == "", None)


def _numbers(column: pl.Series) -> pl.Series:
    kind = column.dtype
    if kind.is_float() or kind.is_integer() or kind in (pl.Boolean, pl.Null, pl.String):
        cast: pl.Series = column.cast(pl.Float64, strict=False)
        if cast.null_count() == column.null_count():
            return cast
    read = [None if value is None else number(value) for value in column.to_list()]
    return pl.Series(column.name, read, dtype=pl.Float64)
