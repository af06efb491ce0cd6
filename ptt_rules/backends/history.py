"""What the live engine remembers of a series: the state behind windows.

See `ptt_rules.backends` for why aggregates are folded from dyadic blocks.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from ptt_rules.backends.merges import FLOAT_MERGES, Merge, leaf

_SMALLEST_RING = 8


class BlockRings:
    """Blocks of every level that end with one of the newest observations.

    Cost: an observation costs one merge for each level, a fold one for each binary digit
    """

    def __init__(self, merge: Merge, capacity: int) -> None:
        self.merge = merge
        self._join: Callable[[Any, Any], Any] = FLOAT_MERGES[merge]
        self.capacity = _power_of_two(capacity)
        self._mask = self.capacity - 1
        self._levels: list[list[Any]] = [
            [None] * self.capacity for _ in range(self.capacity.bit_length())
        ]
        self.count = 0

    def append(self, value: float) -> None:
        index, mask, join = self.count, self._mask, self._join
        block = leaf(self.merge, value)
        self._levels[0][index & mask] = block
        half = 1
        for below, level in zip(self._levels, self._levels[1:], strict=False):
            older = below[(index - half) & mask] if index >= half else None
            block = None if older is None or block is None else join(older, block)
            level[index & mask] = block
            half *= 2
        self.count = index + 1

    def fold(self, length: int) -> Any:
        """The newest `length` observations, at least 1 and at most the capacity."""
        position = self.count - length - 1
        folded = None
        remaining = length
        while remaining:
            level = remaining.bit_length() - 1
            position += 1 << level
            block = self._levels[level][position & self._mask]
            folded = block if folded is None else self._join(folded, block)
            remaining -= 1 << level
        return folded


class PrefixStack:
    """Fold of all observations so far: a binary counter of blocks with their prefixes.

    Cost: amortised two merges an observation, log2(n) blocks of memory
    """

    def __init__(self, merge: Merge) -> None:
        self.merge = merge
        self._join: Callable[[Any, Any], Any] = FLOAT_MERGES[merge]
        self._blocks: list[tuple[int, Any, Any]] = []

    def append(self, value: float) -> None:
        size, block = 1, leaf(self.merge, value)
        blocks = self._blocks
        while blocks and blocks[-1][0] == size:
            block = self._join(blocks.pop()[1], block)
            size *= 2
        prefix = self._join(blocks[-1][2], block) if blocks else block
        blocks.append((size, block, prefix))

    @property
    def folded(self) -> Any:
        return self._blocks[-1][2]

    def state(self) -> list[Any]:
        return [[size, _packed(block), _packed(prefix)] for size, block, prefix in self._blocks]

    def restore(self, state: list[Any]) -> None:
        self._blocks = [(size, _unpacked(block), _unpacked(all_)) for size, block, all_ in state]


class History:
    """Observations of one series that its windows can still reach.

    Statistics use finite observations only; truths are 0 and 1. `reach` is the longest count
    window, `spans` the longest window of steps (0: none).
    """

    def __init__(self, *, reach: int, span_steps: int = 0) -> None:
        self.count = 0
        self.span_steps = span_steps
        self._reach = reach
        self.values: list[float] = []
        self.steps: list[int] = []
        self._rings: dict[Merge, BlockRings] = {}
        self._prefixes: dict[tuple[Merge, int | None], PrefixStack] = {}
        self._firsts: dict[int, list[float]] = {}

    # ---- set-up ----------------------------------------------------------------------------

    def need_ring(self, merge: Merge) -> None:
        self._rings.setdefault(merge, BlockRings(merge, max(self._reach, 1)))

    def need_prefix(self, merge: Merge, limit: int | None) -> None:
        """A fold of all observations, or of the first `limit`."""
        self._prefixes.setdefault((merge, limit), PrefixStack(merge))

    def need_first(self, limit: int) -> None:
        self._firsts.setdefault(limit, [])

    # ---- observations ----------------------------------------------------------------------

    def append(self, value: float, step: int) -> None:
        self.values.append(value)
        if self.span_steps:
            self.steps.append(step)
        self._trim(step)
        for ring in self._rings.values():
            ring.append(value)
        for size, first in self._firsts.items():
            if len(first) < size:
                first.append(value)
        for (_, limit), prefix in self._prefixes.items():
            if limit is None or self.count < limit:
                prefix.append(value)
        self.count += 1

    def _trim(self, step: int) -> None:
        """Drops what no window reaches, in batches so that it costs little."""
        excess = len(self.values) - self._reach
        if self.span_steps:
            excess = min(excess, bisect_right(self.steps, step - self.span_steps))
        if excess > max(self._reach, _SMALLEST_RING):
            del self.values[:excess]
            del self.steps[:excess]

    def _refill(self, merge: Merge, capacity: int) -> BlockRings:
        """Blocks made again from the values: they depend on nothing else."""
        ring = self._rings[merge] = BlockRings(merge, capacity)
        for value in self.values:
            ring.append(value)
        return ring

    # ---- windows ---------------------------------------------------------------------------

    def in_span(self, steps: int, now: int) -> int:
        """Number of observations whose step is greater than `now - steps`."""
        return len(self.steps) - bisect_right(self.steps, now - steps)

    def fold(self, merge: Merge, length: int) -> Any:
        ring = self._rings[merge]
        if length > ring.capacity:
            ring = self._refill(merge, 2 * length)
        return ring.fold(length)

    def first(self, limit: int) -> list[float]:
        return self._firsts[limit]

    def fold_prefix(self, merge: Merge, limit: int | None) -> Any:
        return self._prefixes[merge, limit].folded

    # ---- state -----------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        return {
            "count": self.count,
            "values": list(self.values),
            "steps": list(self.steps),
            "prefixes": [prefix.state() for prefix in self._prefixes.values()],
            "firsts": [list(first) for first in self._firsts.values()],
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.count = state["count"]
        self.values = [float(value) for value in state["values"]]
        self.steps = list(state["steps"])
        for merge in self._rings:
            self._refill(merge, max(self._reach, 1))
        for first, saved_first in zip(self._firsts.values(), state["firsts"], strict=True):
            first[:] = map(float, saved_first)
        for prefix, saved in zip(self._prefixes.values(), state["prefixes"], strict=True):
            prefix.restore(saved)


def _power_of_two(least: int) -> int:
    return max(_SMALLEST_RING, 1 << (least - 1).bit_length())


def _packed(block: Any) -> Any:
    parts = block if isinstance(block, tuple) else (block,)
    return [part if math.isfinite(part) else str(part) for part in parts]


def _unpacked(parts: list[Any]) -> Any:
    block = tuple(float(part) for part in parts)
    return block[0] if len(block) == 1 else block
