"""Statistics that need the observations themselves, for both backends.

Each is a function of values and steps in the order of arrival, the oldest first. They are
exact functions of the window: the same numbers in, the same number out, to the last bit.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations

from ptt_rules.language.ir import Statistic

Sample = Callable[[Sequence[float], Sequence[int], float], "float | None"]
"""Values, steps and the aggregate's argument to its value; None: unknown."""


def middle(ordered: Sequence[float]) -> float:
    """The middle one of sorted values, or the mean of the two middle ones."""
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2


def middle_distance(ordered: Sequence[float]) -> float:
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


def slope_between(older: float, before: int, newer: float, at: int) -> float:
    """Change a step of two observations of different steps; a zero has no sign."""
    return (newer - older) / (at - before) + 0.0


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


# ---- by values and steps -------------------------------------------------------------------


def median(values: Sequence[float], steps: Sequence[int], argument: float) -> float:
    """The middle value, or the mean of the two middle ones."""
    return middle(sorted(values))


def median_absolute_deviation(
    values: Sequence[float], steps: Sequence[int], argument: float
) -> float:
    """Median of the distances from the median, unscaled."""
    return middle_distance(sorted(values))


def quantile(values: Sequence[float], steps: Sequence[int], share: float) -> float:
    """Quantile, as `ranked` has it."""
    return ranked(sorted(values), share)


def robust_slope(values: Sequence[float], steps: Sequence[int], argument: float) -> float | None:
    """Median of the slopes of all pairs of observations.

    Unit:   per step
    Null:   where all observations are of one step
    Cost:   the square of the number of observations
    Source: Sen, "Estimates of the regression coefficient based on Kendall's tau", 1968
    """
    slopes = [
        slope_between(older, before, newer, at)
        for (older, before), (newer, at) in combinations(zip(values, steps, strict=True), 2)
        if at != before
    ]
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
            behind = bisect_right(before, value, at)
            rises += at - (count - behind)
            before.insert(behind, value)
        ties = sum(map(tied, Counter(values).values()))
    return mann_kendall(size, rises, ties)


def distinct(values: Sequence[float], steps: Sequence[int], argument: float) -> float:
    """Number of different values."""
    return float(len(set(values)))


SAMPLES: dict[Statistic, Sample] = {
    Statistic.MEDIAN: median,
    Statistic.MAD: median_absolute_deviation,
    Statistic.QUANTILE: quantile,
    Statistic.ROBUST_SLOPE: robust_slope,
    Statistic.TREND: trend,
    Statistic.DISTINCT: distinct,
}
