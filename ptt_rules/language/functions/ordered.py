"""Statistics that need the observations themselves, sorted or in their order.

They are exact functions of the window: the same numbers in, the same number out, to the last
bit.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

from ptt_rules.language.functions import ranges
from ptt_rules.language.functions.statistic import (
    SORTED,
    Argument,
    Ordered,
    Reach,
    Sampled,
    Statistic,
)
from ptt_rules.language.types import Unit

# ---- of sorted values ----------------------------------------------------------------------


def smallest(ordered: Sequence[float], argument: float = 0.0) -> float:
    """A zero has no sign, as in folds."""
    return ordered[0] + 0.0


def greatest(ordered: Sequence[float], argument: float = 0.0) -> float:
    """A zero has no sign, as in folds."""
    return ordered[-1] + 0.0


def distinct(ordered: Sequence[float], argument: float = 0.0) -> float:
    """Number of different values."""
    return float(len(set(ordered)))


def middle(ordered: Sequence[float], argument: float = 0.0) -> float:
    """The middle one of sorted values, or the mean of the two middle ones."""
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2


def middle_distance(ordered: Sequence[float], argument: float = 0.0) -> float:
    """Median of the distances of sorted values from their median, unscaled.

    The nearest half stands in one piece around the median: some of those below it and some of
    those above, both in the order of their distances. A zero has no sign.
    Cost:   log n
    """
    centre = middle(ordered)
    size = len(ordered)
    nearest = size // 2 + size % 2
    split = bisect_left(ordered, centre)
    fewest, most = max(0, nearest - (size - split)), min(nearest, split)
    while fewest < most:  # how many of the nearest are below
        below = (fewest + most) // 2
        if ordered[split + nearest - below - 1] - centre <= centre - ordered[split - below - 1]:
            most = below
        else:
            fewest = below + 1
    first, end = split - most, split + nearest - most
    reached = max(centre - ordered[first], ordered[end - 1] - centre) + 0.0
    if size % 2:
        return reached
    left = centre - ordered[first - 1] if first else math.inf
    right = ordered[end] - centre if end < size else math.inf
    return (reached + min(left, right)) / 2


def ranked(ordered: Sequence[float], share: float) -> float:
    """Quantile of sorted values with linear interpolation between the two nearest ranks.

    Source: Hyndman and Fan, "Sample quantiles in statistical packages", 1996, definition 7
    """
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    low = ordered[below]
    if below == position:
        return low
    return low + (ordered[below + 1] - low) * (position - below)


def slopes_to(value: float, step: int, others: Iterable[tuple[float, int]]) -> list[float]:
    """Change a step between an observation and each of the others that is of another step.

    It is the same whichever of two came first, to the last bit; a zero has no sign.
    """
    return [(value - other) / (step - at) + 0.0 for other, at in others if at != step]


def mann_kendall(size: int, rises: int, ties: int) -> float | None:
    """Mann-Kendall statistic of `size` values, of which `rises` more pairs rise than fall.

    `ties` is the sum of `tied` over groups of equal values.

    Null:   where all values are equal
    Source: Mann, "Nonparametric tests against trend", 1945; Kendall, "Rank correlation
            methods", 1975, for the variance with ties
    """
    variance = (size * (size - 1) * (2 * size + 5) - ties) / 18
    if variance <= 0:
        return None
    corrected = rises - (rises > 0) + (rises < 0)
    return corrected / math.sqrt(variance)


def tied(equal: int) -> int:
    """What a group of equal values takes from the variance of `mann_kendall`, times 18."""
    return equal * (equal - 1) * (2 * equal + 5)


# ---- of values and steps --------------------------------------------------------------------


def robust_slope(values: Sequence[float], steps: Sequence[int], argument: float) -> float | None:
    """Median of the slopes of all pairs of observations.

    Unit:   per step
    Null:   where all observations are of one step
    Cost:   the square of the number of observations
    Source: Sen, "Estimates of the regression coefficient based on Kendall's tau", 1968
    """
    seen: list[tuple[float, int]] = []
    slopes: list[float] = []
    for value, step in zip(values, steps, strict=True):
        slopes += slopes_to(value, step, seen)
        seen.append((value, step))
    return middle(sorted(slopes)) if slopes else None


def trend(values: Sequence[float], steps: Sequence[int], argument: float) -> float | None:
    """Mann-Kendall statistic, standardised, with corrections for continuity and ties.

    Unit:   standard deviations; positive where the series rises
    Cost:   n log n for n observations
    Source: `mann_kendall`
    """
    size, rises, ties = len(values), 0, 0
    before: list[float] = []
    if len(set(values)) == size:
        for count, value in enumerate(values):
            at = bisect_left(before, value)
            rises += 2 * at - count
            before.insert(at, value)
    else:
        for count, value in enumerate(values):
            at = bisect_left(before, value)
            after = bisect_right(before, value, at)
            rises += at - (count - after)
            before.insert(after, value)
        ties = sum(map(tied, Counter(values).values()))
    return mann_kendall(size, rises, ties)


# ---- the rows ------------------------------------------------------------------------------

ORDERED = (
    Statistic(
        "median",
        "median",
        "the median of {x} over {w}",
        Ordered(middle),
        longest=SORTED,
        reach=Reach.BOUNDED,
        is_level=True,
    ),
    Statistic(
        "mad",
        "median absolute deviation from the median, unscaled",
        "the median deviation of {x} over {w}",
        Ordered(middle_distance),
        longest=SORTED,
        reach=Reach.BOUNDED,
        range=ranges.distance,
        needs_many=True,
        of_one=0,
    ),
    Statistic(
        "quantile",
        "quantile with linear interpolation",
        "the quantile at {k} of {x} over {w}",
        Ordered(ranked),
        longest=SORTED,
        reach=Reach.BOUNDED,
        argument=Argument("q", "90%", "at", is_share=True),
        is_level=True,
    ),
    Statistic(
        "distinct",
        "how many different values",
        "the number of different values of {x} in {w}",
        Ordered(distinct),
        longest=SORTED,
        reach=Reach.BOUNDED,
        unit=Unit.COUNT,
        range=ranges.different,
        of_one=1,
    ),
    Statistic(
        "robust_slope",
        "median slope per step of all pairs (Theil-Sen)",
        "the median slope of {x} per step over {w}",
        Sampled(robust_slope),
        least_count=2,
        longest=200,
        reach=Reach.BOUNDED,
        unit=None,
        range=ranges.anything,
        why_unknown="all observations are of one step",
        needs_many=True,
    ),
    Statistic(
        "trend",
        "Mann-Kendall statistic, standardised",
        "the trend statistic (Mann-Kendall) of {x} over {w}",
        Sampled(trend),
        least_count=3,
        longest=1_000,
        reach=Reach.BOUNDED,
        unit=None,
        range=ranges.anything,
        why_unknown="all observations are alike",
        needs_many=True,
    ),
)
