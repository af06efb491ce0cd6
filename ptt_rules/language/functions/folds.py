"""Folds: how the blocks of two adjacent runs of observations become the block of both.

A block is a number, or a tuple of numbers that begins with how many observations it covers.
The formulas are written once for floats and for columns: see `arithmetic`. Observations are
finite numbers, so that a number less itself is a zero of the right kind.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ptt_rules.language.functions.arithmetic import Arithmetic, Part, unsigned

Parts = tuple[Part, ...]
"""The parts of a block; of one that is sized the first is the number of observations."""

Leaf = Callable[[Any, Any], Any]
"""The block of one observation, which is a number or a pair of them, and its step."""

Join = Callable[[Any, Any], Any]
"""The block of two adjacent blocks, the older one first."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Leaves and joins, made for an arithmetic and an argument: a half-life or an allowance.

    Equal folds share their blocks. Without an argument it is 0 for all.
    """

    leaf_for: Callable[[float], Leaf]
    join_for: Callable[[Arithmetic, float], Join]
    width: int = 1
    """How many parts a block has, its number of observations aside."""
    is_sized: bool = False
    """Whether a block begins with how many observations it covers."""
    is_of_pairs: bool = False
    """Whether it is of pairs; of a single number with its step before it."""
    argument: float = 0.0

    def of(self, argument: float) -> Fold:
        """The same fold with an argument."""
        return replace(self, argument=argument)

    def leaf(self) -> Leaf:
        return self.leaf_for(self.argument)

    def join(self, do: Arithmetic) -> Join:
        return self.join_for(do, self.argument)

    def block(self, parts: Parts, size: Part) -> Any:
        """The block of parts without the number of observations they cover."""
        return (size, *parts) if self.is_sized else parts[0]

    def parts(self, block: Any) -> Parts:
        """The parts of a block without how many observations it covers."""
        return tuple(block[1:]) if self.is_sized else (block,)


# ---- single numbers ------------------------------------------------------------------------


def plain(argument: float) -> Leaf:
    return lambda value, step: value


def _without_sign(argument: float) -> Leaf:
    return lambda value, step: unsigned(value)


def added(do: Arithmetic, argument: float) -> Join:
    return operator.add


SUM = Fold(plain, added)
MIN = Fold(_without_sign, lambda do, argument: do.smaller)
MAX = Fold(_without_sign, lambda do, argument: do.greater)


# ---- moments -------------------------------------------------------------------------------


def _moments_leaf(argument: float) -> Leaf:
    return lambda value, step: (1.0, value, value - value)


def _join_moments(older: Parts, newer: Parts) -> Parts:
    """Size, mean and sum of squared deviations of two runs together.

    Source: Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing
            sample variances", 1979, equation 2.1
    """
    size, mean, squares = older
    more, other_mean, other_squares = newer
    both, delta = size + more, other_mean - mean
    # the parentheses are part of the meaning: floats are not associative, and another grouping
    # would change the last digit
    share = more / both
    squares = (squares + other_squares) + (delta * delta) * (size * share)
    return both, mean + delta * share, squares


MOMENTS = Fold(_moments_leaf, lambda do, argument: _join_moments, width=2, is_sized=True)


# ---- moments of pairs ----------------------------------------------------------------------


def _pair_leaf(argument: float) -> Leaf:
    def leaf(value: Any, step: Any) -> Parts:
        x, y = value if isinstance(value, tuple) else (float(step), value)
        zero = y - y
        return 1.0, x, y, zero, zero, zero

    return leaf


def _join_comoments(older: Parts, newer: Parts) -> Parts:
    """Size, means of x and y, and the sums of products of deviations xx, xy and yy.

    Source: as `MOMENTS`, for pairs
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


COMOMENTS = Fold(
    _pair_leaf, lambda do, argument: _join_comoments, width=5, is_sized=True, is_of_pairs=True
)


# ---- weights that fade ---------------------------------------------------------------------


def _decay_leaf(argument: float) -> Leaf:
    def leaf(value: Part, step: Any) -> Parts:
        zero = value - value
        one = zero + 1.0
        return 1.0, one, one, value, zero

    return leaf


def _join_decay(do: Arithmetic, half_life: float) -> Join:
    """Size, weights, squared weights, weighted mean and sum of weighted squared deviations."""

    def join(older: Parts, newer: Parts) -> Parts:
        # what the newer run leaves of the older one's weights
        factor = float(0.5 ** (newer[0] / half_life))
        weight = older[1] * factor
        share = newer[1] / (weight + newer[1])
        delta = newer[3] - older[3]
        return (
            older[0] + newer[0],
            weight + newer[1],
            older[2] * (factor * factor) + newer[2],
            older[3] + delta * share,
            (older[4] * factor + newer[4]) + (delta * delta) * (weight * share),
        )

    return join


# every statistic over a decaying window is read off one block: weights, mean and deviations
DECAY = Fold(_decay_leaf, _join_decay, width=4, is_sized=True)
"""Its argument is the half-life in observations."""


# ---- Page's sum ----------------------------------------------------------------------------


def _cusum_leaf(allowance: float) -> Leaf:
    return lambda value, step: (1.0, value - value, value - allowance)


def _join_cusum(do: Arithmetic, allowance: float) -> Join:
    """Page's sum as a function of the sum before it: the greater of a floor and a shift."""
    greater = do.greater

    def join(older: Parts, newer: Parts) -> Parts:
        floor = greater(newer[1], older[1] + newer[2])
        return older[0] + newer[0], floor, older[2] + newer[2]

    return join


CUSUM = Fold(_cusum_leaf, _join_cusum, width=2, is_sized=True)
"""Its argument is the allowance."""
