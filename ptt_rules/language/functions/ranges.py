"""Which numbers a statistic can be, from those that its observations can be."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from ptt_rules.language.intervals import EVERYTHING, Interval, inf


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of an aggregate's operands; truths are 0 and 1.

    `counts` is how many observations, or how much weight, its window holds once it is known.
    """

    numbers: Interval
    counts: Interval
    argument: Interval = EVERYTHING
    is_of_truths: bool = False
    is_weighted: bool = False


Range = Callable[[Given], Interval]


def among_them(given: Given) -> Interval:
    """Of what lies among the observations."""
    return given.numbers


def anything(given: Given) -> Interval:
    return EVERYTHING


def correlation(given: Given) -> Interval:
    return Interval(-1.0, 1.0)


def total(given: Given) -> Interval:
    return given.numbers * given.counts


def count(given: Given) -> Interval:
    is_ever = not given.is_of_truths or given.numbers.high > 0
    return Interval(0.0, given.counts.high if is_ever else 0.0)


def different(given: Given) -> Interval:
    """Of a number of different values."""
    return Interval(1.0, given.counts.high)


def distance(given: Given) -> Interval:
    return Interval(0.0, given.numbers.width)


def change(given: Given) -> Interval:
    return Interval(-given.numbers.width, given.numbers.width)


def deviation(given: Given) -> Interval:
    return Interval(0.0, _widest_deviation(given))


def variance(given: Given) -> Interval:
    return Interval(0.0, _widest_deviation(given) ** 2)


def excess(given: Given) -> Interval:
    """Of a sum of what lies above an allowance."""
    return Interval(0.0, 0.0 if given.numbers.high <= given.argument.low else inf)


def _widest_deviation(given: Given) -> float:
    """The greatest standard deviation: half of the numbers at either end."""
    if given.is_weighted:
        return 0.0 if given.numbers.width == 0 else inf
    least = max(2.0, given.counts.low)
    return given.numbers.width / 2 * math.sqrt(least / (least - 1))
