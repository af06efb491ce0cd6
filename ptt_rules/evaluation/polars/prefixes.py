"""Folds of all observations so far, from one chunk of them to the next.

The fold of n observations is that of the blocks that the binary digits of n name, the largest
first, and each of these begins at a multiple of its size. So it takes no blocks at every place,
only the *aligned* ones: a tree in which block b of a level is made of blocks 2b and 2b + 1 of
the level below. Down the same tree go the folds: that of an even number of blocks of a level is
the fold of half as many of the level above, that of an odd number has one block more.

A chunk begins in the middle of some blocks. What lies before it is the stack: the blocks that
the digits of its first observation's number name, just as `PrefixStack` has them row by row.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import polars as pl

from ptt_rules.evaluation.polars.arithmetic import Parts, joined, leaf_parts
from ptt_rules.language.functions import FLOATS, Fold


@dataclass(frozen=True, slots=True)
class _Level:
    """Aligned blocks of `size` observations, from block number `first` on, which is even."""

    size: int
    first: int
    blocks: Parts

    @property
    def count(self) -> int:
        return len(self.blocks[0])


@dataclass(slots=True)
class PrefixFolds:
    """The fold of all observations so far: `count` of them, as the stack of their blocks.

    Cost: two merges an observation, log2(n) blocks of memory
    """

    fold: Fold
    count: int = 0
    stack: dict[int, tuple[float, ...]] = field(default_factory=dict)
    """The parts of a block by its size."""

    def copy(self) -> PrefixFolds:
        return replace(self, stack=dict(self.stack))

    def advance(self, x: pl.Series, y: pl.Series) -> Parts:
        """Takes more observations: the folds of `count` of them and of each number up to all.

        Shape: (observations + 1,) for each part; null where there are none
        """
        levels = self._levels(x, y)
        end = self.count + len(y)
        folds = self._folds(levels, end)
        self._keep(levels, end)
        return folds

    def _levels(self, x: pl.Series, y: pl.Series) -> list[_Level]:
        """The aligned blocks in reach of the new observations, the smallest first."""
        blocks, first, size = leaf_parts(self.fold, x, y), self.count, 1
        levels: list[_Level] = []
        while True:
            if first % 2:
                before = (pl.Series([part], dtype=pl.Float64) for part in self.stack[size])
                blocks = tuple(one.append(rest) for one, rest in zip(before, blocks, strict=True))
                blocks, first = tuple(part.rechunk() for part in blocks), first - 1
            levels.append(_Level(size, first, blocks))
            if len(blocks[0]) < 2:
                return levels
            blocks, first, size = self._paired(levels[-1]), first // 2, 2 * size

    def _paired(self, level: _Level) -> Parts:
        pairs = level.count // 2
        older = tuple(part.gather_every(2).head(pairs) for part in level.blocks)
        newer = tuple(part.gather_every(2, 1) for part in level.blocks)
        return joined(self.fold, older, newer, float(level.size), float(level.size))

    def _folds(self, levels: list[_Level], end: int) -> Parts:
        """From the fold of the blocks above all levels down to those of single observations."""
        folds = self._of_stack(2 * levels[-1].size)
        for level in reversed(levels):
            folds = self._halved(folds, level, self.count // level.size, end // level.size)
        return folds

    def _of_stack(self, least: int) -> Parts:
        """The fold of the blocks in the stack of at least a size; null if there are none."""
        join, folded = self.fold.join(FLOATS), None
        for size in sorted(self.stack, reverse=True):
            if size >= least:
                block = self.fold.block(self.stack[size], float(size))
                folded = block if folded is None else join(folded, block)
        parts = (None,) * self.fold.width if folded is None else self.fold.parts(folded)
        return tuple(pl.Series([part], dtype=pl.Float64) for part in parts)

    def _halved(self, folds: Parts, level: _Level, first: int, last: int) -> Parts:
        """Folds of `first` to `last` blocks of a level, from those of half as many above it.

        An even number of them has the same fold as half as many above; an odd one has one block
        more.
        """
        newer = tuple(part.gather_every(2) for part in level.blocks)
        odd_ones = len(folds[0]) - (last % 2 == 0)
        newer = tuple(part.head(odd_ones) for part in newer)
        older = tuple(part.head(odd_ones) for part in folds)
        numbers = pl.int_range(level.first, level.first + 2 * odd_ones, 2, eager=True)
        done = (numbers * level.size).cast(pl.Float64)
        odd = joined(self.fold, older, newer, done, float(level.size))
        if odd_ones and older[0][0] is None:  # the first block of all
            pairs = zip(newer, odd, strict=True)
            odd = tuple(alone.head(1).append(both.slice(1)) for alone, both in pairs)
        place = _interleaved(len(folds[0]), odd_ones).slice(first % 2)
        return tuple(
            even.head(len(even)).append(one).rechunk().gather(place)
            for even, one in zip(folds, odd, strict=True)
        )

    def _keep(self, levels: list[_Level], end: int) -> None:
        """The stack of all observations up to `end`."""
        above = 2 * levels[-1].size
        stack = {size: parts for size, parts in self.stack.items() if size >= above}
        for level in levels:
            number = end // level.size
            if number % 2:
                place = number - 1 - level.first
                stack[level.size] = tuple(part[place] for part in level.blocks)
        self.stack, self.count = stack, end


def _interleaved(evens: int, odds: int) -> pl.Series:
    """Places of the even and odd ones in turn, where all even ones come before all odd ones."""
    number = pl.int_range(evens + odds, eager=True)
    places: pl.Series = (number // 2 + (number % 2) * evens).cast(pl.UInt32)
    return places
