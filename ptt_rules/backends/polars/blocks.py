"""Dyadic blocks of a column of observations, and folds of them.

See `ptt_rules.backends` for the definition and why.
"""

from __future__ import annotations

import polars as pl

from ptt_rules.backends.merges import Merge, Parts
from ptt_rules.backends.polars.merges import leaf_parts, merge_parts


class BlockColumns:
    """All blocks of one merge over a column of observations, made level by level.

    Shape: (observations,) for each level and part; null where a block would begin before 0
    Cost:  one pass for each level
    """

    def __init__(self, merge: Merge, channels: tuple[pl.Series, ...], steps: pl.Series) -> None:
        self.merge = merge
        values = tuple(map(pl.lit, channels))
        self._levels = [self._series(leaf_parts(merge, values, pl.lit(steps)))]

    @property
    def width(self) -> int:
        """Number of parts of a block."""
        return len(self._levels[0])

    def last(self, count: int) -> list[pl.Series]:
        """Fold of the `count` observations that end with each one; null before there are."""
        folded: Parts | None = None
        done = 0
        for level in _digits(count):
            size = 1 << level
            newer = tuple(pl.lit(s).shift(count - done - size) for s in self._level(level))
            if folded is None:
                folded = newer
            else:
                folded = merge_parts(self.merge, folded, newer, pl.lit(float(done)), float(size))
            done += size
        assert folded is not None
        return self._series(folded)

    def runs(self, start: pl.Series, length: pl.Series) -> list[pl.Series]:
        """Fold of `length` observations from `start` on, for each row; null for length 0.

        Shape: (rows,), (rows,) -> (rows,) for each part
        """
        longest = length.max() or 0
        assert isinstance(longest, int)
        parts = [f"part{index}" for index in range(self.width)]
        empty = [pl.lit(None, dtype=pl.Float64).alias(part) for part in parts]
        frame = pl.DataFrame({"start": start, "length": length}).with_columns(
            *empty, pl.lit(0, dtype=pl.Int64).alias("done")
        )
        for level in reversed(range(longest.bit_length())):
            frame = self._add_level(frame, level, parts)
        return [frame[part] for part in parts]

    def _add_level(self, frame: pl.DataFrame, level: int, parts: list[str]) -> pl.DataFrame:
        """Merges the block of this digit in, where the length has the digit."""
        size = 1 << level
        has_digit = (pl.col("length") // size) % 2 == 1
        end = pl.col("start") + pl.col("done") + (size - 1)
        where = frame.select(pl.when(has_digit).then(end).otherwise(None)).to_series()
        newer = tuple(pl.lit(s.gather(where)) for s in self._level(level))
        older = tuple(map(pl.col, parts))
        done = pl.col("done").cast(pl.Float64)
        merged = merge_parts(self.merge, older, newer, done, float(size))
        is_first = pl.col("done") == 0
        columns = [
            pl.when(~has_digit)
            .then(old)
            .otherwise(pl.when(is_first).then(new).otherwise(both))
            .alias(part)
            for old, new, both, part in zip(older, newer, merged, parts, strict=True)
        ]
        longer = pl.col("done") + pl.when(has_digit).then(size).otherwise(0)
        return frame.with_columns(*columns, longer.alias("done"))

    def _level(self, level: int) -> list[pl.Series]:
        while len(self._levels) <= level:
            below = len(self._levels) - 1
            size = 1 << below
            newer = tuple(pl.lit(s) for s in self._levels[below])
            older = tuple(pl.lit(s).shift(size) for s in self._levels[below])
            merged = merge_parts(self.merge, older, newer, pl.lit(float(size)), float(size))
            self._levels.append(self._series(merged))
        return self._levels[level]

    def _series(self, parts: Parts) -> list[pl.Series]:
        named = [part.alias(f"part{index}") for index, part in enumerate(parts)]
        return pl.select(*named).get_columns()


def _digits(number: int) -> list[int]:
    """Binary digits that are set, the greatest first."""
    return [level for level in reversed(range(number.bit_length())) if number >> level & 1]
