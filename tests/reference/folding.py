"""Folding: the blocks of all observations of a window become one, in the order of the essay.

A window of 50 = 32 + 16 + 2 observations is the block of its first 32, joined with the block of
the next 16, joined with the block of the last 2. The block of 32 joins those of its halves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Block = TypeVar("Block")
Join = Callable[[Block, Block], Block]


def fold(leaves: Sequence[Block], join: Join[Block]) -> Block:
    """The block of at least one observation."""
    size = _greatest_power_of_two(len(leaves))
    folded, rest = _block(leaves[:size], join), leaves[size:]
    while rest:
        size = _greatest_power_of_two(len(rest))
        folded, rest = join(folded, _block(rest[:size], join)), rest[size:]
    return folded


def _block(leaves: Sequence[Block], join: Join[Block]) -> Block:
    """The block of a number of observations that is a power of two."""
    if len(leaves) == 1:
        return leaves[0]
    half = len(leaves) // 2
    return join(_block(leaves[:half], join), _block(leaves[half:], join))


def _greatest_power_of_two(limit: int) -> int:
    power = 1
    while power * 2 <= limit:
        power *= 2
    return power
