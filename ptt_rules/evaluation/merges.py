"""Merges: how the blocks of two adjacent runs of observations become the block of both.

A block is a number, or a tuple of numbers that begins with how many observations it covers.
The formulas are written once for both backends: they use only `+ - * /`, so that they mean
the same for Python's floats and for Polars expressions.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ptt_rules.language.ir import DecayWindow, Statistic, Window

Part = Any
"""A float in one backend, an expression in the other."""

Parts = tuple[Part, ...]
"""The parts of a block; of moments the first one is the number of observations."""


class MergeKind(Enum):
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    MOMENTS = "moments"
    COMOMENTS = "comoments"
    DECAY = "decay"
    CUSUM = "cusum"


@dataclass(frozen=True, slots=True)
class Merge:
    """A kind of merge with its argument: the half-life of DECAY, the allowance of CUSUM."""

    kind: MergeKind
    argument: float = 0.0


_KINDS: dict[Statistic, MergeKind] = {
    Statistic.COUNT: MergeKind.SUM,
    Statistic.SUM: MergeKind.SUM,
    Statistic.MEAN: MergeKind.SUM,
    Statistic.MIN: MergeKind.MIN,
    Statistic.MAX: MergeKind.MAX,
    Statistic.STD: MergeKind.MOMENTS,
    Statistic.VAR: MergeKind.MOMENTS,
    Statistic.ZSCORE: MergeKind.MOMENTS,
    Statistic.SLOPE: MergeKind.COMOMENTS,
    Statistic.CORR: MergeKind.COMOMENTS,
    Statistic.AUTOCORR: MergeKind.COMOMENTS,
    Statistic.CUSUM: MergeKind.CUSUM,
    Statistic.ANY: MergeKind.SUM,
    Statistic.ALL: MergeKind.SUM,
    Statistic.SHARE: MergeKind.SUM,
}


def merge_of(statistic: Statistic, window: Window, argument: float = 0.0) -> Merge | None:
    """How a statistic is folded; None for those that are read off the observations themselves."""
    if isinstance(window, DecayWindow) and statistic is not Statistic.COUNT:
        # every statistic over a decaying window is read off one block: weights, mean and deviations
        return Merge(MergeKind.DECAY, float(window.half_life))
    kind = _KINDS.get(statistic)
    if kind is None:
        return None
    return Merge(kind, argument if kind is MergeKind.CUSUM else 0.0)


def decay_factor(half_life: float, observations: float) -> float:
    """What is left of a weight after a number of observations."""
    return float(0.5 ** (observations / half_life))


def merge_moments(older: Parts, newer: Parts) -> Parts:
    """Size, mean and sum of squared deviations of two runs together.

    Source: Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing
            sample variances", 1979, equation 2.1
    """
    size, mean, squares = older
    more, other_mean, other_squares = newer
    both, delta = size + more, other_mean - mean
    # written with the same parentheses in every backend: floats are not associative, and another
    # grouping would change the last digit
    share = more / both
    squares = (squares + other_squares) + (delta * delta) * (size * share)
    return both, mean + delta * share, squares


def merge_comoments(older: Parts, newer: Parts) -> Parts:
    """Size, means of x and y, and the sums of products of deviations xx, xy and yy.

    Source: as `merge_moments`, for pairs
    """
    size, mean_x, mean_y, xx, xy, yy = older
    more, other_x, other_y, other_xx, other_xy, other_yy = newer
    both, delta_x, delta_y = size + more, other_x - mean_x, other_y - mean_y
    share = more / both
    weight = size * share
    return (
        both,
        mean_x + delta_x * share,
        mean_y + delta_y * share,
        (xx + other_xx) + (delta_x * delta_x) * weight,
        (xy + other_xy) + (delta_x * delta_y) * weight,
        (yy + other_yy) + (delta_y * delta_y) * weight,
    )


def merge_decay(older: Parts, newer: Parts, factor: Part) -> Parts:
    """Weights, squared weights, weighted mean and sum of weighted squared deviations.

    `factor` is what the newer run leaves of the older one's weights.
    """
    weight = older[0] * factor
    share = newer[0] / (weight + newer[0])
    delta = newer[2] - older[2]
    return (
        weight + newer[0],
        older[1] * (factor * factor) + newer[1],
        older[2] + delta * share,
        (older[3] * factor + newer[3]) + (delta * delta) * (weight * share),
    )


def _smaller(older: float, newer: float) -> float:
    return newer if newer < older else older


def _greater(older: float, newer: float) -> float:
    return newer if newer > older else older


def _cusum(older: Parts, newer: Parts) -> Parts:
    """Page's sum as a function of the sum before it: the greater of a floor and a shift."""
    floor = _greater(newer[1], older[1] + newer[2])
    return older[0] + newer[0], floor, older[2] + newer[2]


def joiner(merge: Merge) -> Callable[[Any, Any], Any]:
    """The block of two adjacent blocks, row by row."""
    if merge.kind is MergeKind.DECAY:
        half_life = merge.argument

        def decay(older: Parts, newer: Parts) -> Parts:
            factor = decay_factor(half_life, newer[0])
            return (older[0] + newer[0], *merge_decay(older[1:], newer[1:], factor))

        return decay
    return _JOINERS[merge.kind]


_JOINERS: dict[MergeKind, Callable[[Any, Any], Any]] = {
    MergeKind.SUM: operator.add,
    MergeKind.MIN: _smaller,
    MergeKind.MAX: _greater,
    MergeKind.MOMENTS: merge_moments,
    MergeKind.COMOMENTS: merge_comoments,
    MergeKind.CUSUM: _cusum,
}


def leaf(merge: Merge) -> Callable[[Any, int], Any]:
    """The block of one observation, which is a number or a pair, and its step."""
    match merge.kind:
        case MergeKind.SUM:
            return lambda value, step: value
        case MergeKind.MIN | MergeKind.MAX:
            # zeros without a sign: of equal ones it is then the same which is taken
            return lambda value, step: value + 0.0
        case MergeKind.MOMENTS:
            return lambda value, step: (1.0, value, 0.0)
        case MergeKind.COMOMENTS:
            return _pair_leaf
        case MergeKind.DECAY:
            return lambda value, step: (1.0, 1.0, 1.0, value, 0.0)
        case MergeKind.CUSUM:
            allowance = merge.argument
            return lambda value, step: (1.0, 0.0, value - allowance)


def _pair_leaf(value: Any, step: int) -> Parts:
    """Of a pair; of a single number with its step before it."""
    x, y = value if isinstance(value, tuple) else (float(step), value)
    return 1.0, x, y, 0.0, 0.0, 0.0


def block_of(merge: Merge, parts: Parts, size: int) -> Any:
    """The block, row by row, of parts that columns have."""
    return (float(size), *parts) if merge.kind in _SIZED else parts[0]


def parts_of(merge: Merge, block: Any) -> Parts:
    """The parts, as columns have them, of a block row by row."""
    return tuple(block[1:]) if merge.kind in _SIZED else (block,)


_SIZED = frozenset({MergeKind.MOMENTS, MergeKind.COMOMENTS, MergeKind.DECAY, MergeKind.CUSUM})
"""Merges whose blocks begin with how many observations they cover."""


def width(merge: Merge) -> int:
    """Number of parts of a block."""
    return _WIDTHS.get(merge.kind, 1)


_WIDTHS = {
    MergeKind.MOMENTS: 2,
    MergeKind.COMOMENTS: 5,
    MergeKind.DECAY: 4,
    MergeKind.CUSUM: 2,
}
