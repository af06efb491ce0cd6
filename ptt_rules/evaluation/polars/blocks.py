"""Dyadic blocks of a column of observations, and folds of them.

See `ptt_rules.evaluation` for the definition and why.
"""

from __future__ import annotations

import polars as pl

from ptt_rules.evaluation.polars.arithmetic import Parts, at, joined, leaf_parts
from ptt_rules.language.functions import Fold


class Blocks:
    """All blocks over a column of observations, made level by level where they are asked for.

    Shape: a level of blocks of 2**k has one that ends with each observation from 2**k - 1 on
    Cost:  one merge an observation for each level
    """

    def __init__(self, x: pl.Series, y: pl.Series) -> None:
        self._x, self._y = x, y
        self._levels: dict[Fold, list[Parts]] = {}

    def fold(self, fold: Fold, count: int, first: int, length: int) -> Parts:
        """Fold of the `count` observations that end with each of `length` from `first` on.

        Shape: (length,) for each part
        """
        folded: Parts | None = None
        done = 0
        for level in _digits(count):
            size = 1 << level
            begin = first - (count - done - 1)
            newer = tuple(part.slice(begin, length) for part in self._level(fold, level))
            if folded is None:
                folded = newer
            else:
                folded = joined(fold, folded, newer, float(done), float(size))
            done += size
        assert folded is not None
        return folded

    def fold_runs(self, fold: Fold, start: pl.Series, length: pl.Series) -> Parts:
        """Fold of `length` observations from `start` on, for each row; null for length 0.

        Shape: (rows,), (rows,) -> (rows,) for each part
        """
        longest = length.max() or 0
        assert isinstance(longest, int)
        done = length * 0
        folded: Parts | None = None
        for level in reversed(range(longest.bit_length())):
            has_digit = (length // (1 << level)) % 2 == 1
            where = (start + done).set(~has_digit, None)
            newer = tuple(at(part, where) for part in self._level(fold, level))
            size = 1 << level
            if folded is None:
                folded = newer
            else:
                both = joined(fold, folded, newer, done.cast(pl.Float64), float(size))
                alone = done == 0
                folded = tuple(
                    new.zip_with(alone, one).zip_with(has_digit, old)
                    for old, new, one in zip(folded, newer, both, strict=True)
                )
            done += has_digit.cast(pl.Int64) * size
        return folded or self._nothing(fold, len(start))

    def _nothing(self, fold: Fold, rows: int) -> Parts:
        return tuple(part.clear(rows) for part in self._level(fold, 0))

    def _level(self, fold: Fold, level: int) -> Parts:
        levels = self._levels.setdefault(fold, [])
        if not levels:
            levels.append(leaf_parts(fold, self._x, self._y))
        while len(levels) <= level:
            size = 1 << (len(levels) - 1)
            below = levels[-1]
            left = max(0, len(below[0]) - size)
            older = tuple(part.head(left) for part in below)
            newer = tuple(part.tail(left) for part in below)
            levels.append(joined(fold, older, newer, float(size), float(size)))
        return levels[level]


def _digits(number: int) -> list[int]:
    """Binary digits that are set, the greatest first."""
    return [level for level in reversed(range(number.bit_length())) if number >> level & 1]
