"""Dyadic blocks of observations, made as the observations come.

See `ptt_rules.evaluation` for the definition and why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ptt_rules.language.functions import FLOATS, Fold
from ptt_rules.logs import packed, unpacked

_SMALLEST_RING = 8


class BlockRings:
    """Blocks of every level that end with one of the newest observations.

    Cost: an observation costs one merge for each level, a fold one for each binary digit
    """

    def __init__(self, fold: Fold, reach: int) -> None:
        self._leaf = fold.leaf()
        self._join: Callable[[Any, Any], Any] = fold.join(FLOATS)
        self._clear(reach)

    def _clear(self, reach: int) -> None:
        self.reach = max(reach, _SMALLEST_RING)
        """The most observations that a fold can reach back, and so the largest block."""
        # a power of two, so that `index & mask` wraps without a division
        capacity = _power_of_two(self.reach)
        self._mask = capacity - 1
        self._levels: list[list[Any]] = [[None] * capacity for _ in range(self.reach.bit_length())]
        self._digits: dict[int, list[tuple[list[Any], int]]] = {}
        self.count = 0

    def append(self, value: Any, step: int) -> None:
        index, mask, join = self.count, self._mask, self._join
        block = self._leaf(value, step)
        self._levels[0][index & mask] = block
        half = 1
        for below, level in zip(self._levels, self._levels[1:], strict=False):
            # a block of every size ends at every observation: a fold then finds its blocks whatever
            # the place of its window, at the price of log2(reach) merges an observation
            older = below[(index - half) & mask] if index >= half else None
            block = None if older is None or block is None else join(older, block)
            level[index & mask] = block
            half *= 2
        self.count = index + 1

    def refill(self, reach: int, values: Sequence[Any], steps: Sequence[int]) -> None:
        """Blocks made again from the observations: they depend on nothing else."""
        self._clear(reach)
        for value, step in zip(values, steps, strict=True):
            self.append(value, step)

    def fold(self, length: int, before: int) -> Any:
        """The `length` observations (at least 1) that end `before` observations ago."""
        begin, mask, join = self.count - before - length - 1, self._mask, self._join
        # largest block first: this order is part of the meaning, and columns fold in the same one
        (level, behind), *others = self._digits.get(length) or self._split(length)
        folded = level[(begin + behind) & mask]
        for level, behind in others:
            folded = join(folded, level[(begin + behind) & mask])
        return folded

    def _split(self, length: int) -> list[tuple[list[Any], int]]:
        """The levels of the blocks of a fold, each with the place of its end behind the begin."""
        behind, found = 0, []
        # the binary digits of the length: 20 is a block of 16 and, after it, one of 4
        for digit in reversed(range(length.bit_length())):
            if length >> digit & 1:
                behind += 1 << digit
                found.append((self._levels[digit], behind))
        self._digits[length] = found
        return found


class PrefixStack:
    """Fold of all observations so far: a binary counter of blocks with their prefixes.

    Cost: amortised two merges an observation, log2(n) blocks of memory
    """

    def __init__(self, fold: Fold) -> None:
        self._leaf = fold.leaf()
        self._join: Callable[[Any, Any], Any] = fold.join(FLOATS)
        self._blocks: list[tuple[int, Any, Any]] = []
        self.before: Any = None
        """The fold without the newest observation; None if there is no other."""

    def append(self, value: Any, step: int) -> None:
        blocks = self._blocks
        self.before = blocks[-1][2] if blocks else None
        size, block = 1, self._leaf(value, step)
        # as in binary counting: two blocks of one size become one of the next, so log2(n) remain
        while blocks and blocks[-1][0] == size:
            block = self._join(blocks.pop()[1], block)
            size *= 2
        # kept with the block, so that the fold of everything is one look and not a join of all
        # blocks
        prefix = self._join(blocks[-1][2], block) if blocks else block
        blocks.append((size, block, prefix))

    @property
    def folded(self) -> Any:
        return self._blocks[-1][2]

    def state(self) -> list[Any]:
        blocks = [[size, packed(block), packed(prefix)] for size, block, prefix in self._blocks]
        return [blocks, packed(self.before)]

    def restore(self, state: list[Any]) -> None:
        blocks, before = state
        self._blocks = [(size, unpacked(block), unpacked(all_)) for size, block, all_ in blocks]
        self.before = unpacked(before)


def _power_of_two(least: int) -> int:
    return 1 << (least - 1).bit_length()
