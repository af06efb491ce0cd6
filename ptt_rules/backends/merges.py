"""Merges: how the blocks of two adjacent runs of observations become the block of both.

The formulas of sums and moments are written once for both backends: they use only `+ - * /`,
so that they mean the same for Python's floats and for Polars expressions.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from enum import Enum
from typing import Any

from ptt_rules.ir.nodes import Statistic

Part = Any
"""A float in one backend, an expression in the other."""

Moments = tuple[Part, Part, Part]
"""Number of observations (exact, as a float), mean, sum of squared deviations."""


class Merge(Enum):
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    MOMENTS = "moments"


MERGE_OF: dict[Statistic, Merge] = {
    Statistic.COUNT: Merge.SUM,
    Statistic.SUM: Merge.SUM,
    Statistic.MEAN: Merge.SUM,
    Statistic.MIN: Merge.MIN,
    Statistic.MAX: Merge.MAX,
    Statistic.STD: Merge.MOMENTS,
    Statistic.VAR: Merge.MOMENTS,
    Statistic.ANY: Merge.SUM,
    Statistic.ALL: Merge.SUM,
    Statistic.SHARE: Merge.SUM,
}
"""How each statistic is folded; MEDIAN and LAST are read off the observations themselves."""


def leaf(merge: Merge, value: Part) -> Part:
    """The block of one observation."""
    return (1.0, value, 0.0) if merge is Merge.MOMENTS else value


def merge_moments(older: Moments, newer: Moments) -> Moments:
    """Mean and squared deviations of two runs together.

    Source: Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing
            sample variances", 1979, equation 2.1
    """
    size = older[0] + newer[0]
    delta = newer[1] - older[1]
    share = newer[0] / size
    squares = (older[2] + newer[2]) + (delta * delta) * (older[0] * share)
    return size, older[1] + delta * share, squares


def _smaller(older: float, newer: float) -> float:
    return newer if newer < older else older


def _greater(older: float, newer: float) -> float:
    return newer if newer > older else older


FLOAT_MERGES: dict[Merge, Callable[[Part, Part], Part]] = {
    Merge.SUM: operator.add,
    Merge.MIN: _smaller,
    Merge.MAX: _greater,
    Merge.MOMENTS: merge_moments,
}
