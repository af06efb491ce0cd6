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

from ptt_rules.ir.windows import Statistic

Sample = Callable[[Sequence[float], Sequence[int], float], "float | None"]
"""Values, steps and the aggregate's argument to its value; None: unknown."""


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def median(values: Sequence[float], steps: Sequence[int], argument: float) -> float:
    """The middle value, or the mean of the two middle ones."""
    return _median(values)


def median_absolute_deviation(
    values: Sequence[float], steps: Sequence[int], argument: float
) -> float:
    """Median of the distances from the median, unscaled."""
    middle = _median(values)
    return _median([abs(value - middle) for value in values])


def quantile(values: Sequence[float], steps: Sequence[int], share: float) -> float:
    """Quantile with linear interpolation between the two nearest ranks.

    Source: Hyndman and Fan, "Sample quantiles in statistical packages", 1996, definition 7
    """
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    low = ordered[below]
    if below == position:
        return low
    return low + (ordered[below + 1] - low) * (position - below)


def robust_slope(values: Sequence[float], steps: Sequence[int], argument: float) -> float | None:
    """Median of the slopes of all pairs of observations.

    Unit:   per step
    Null:   where all observations are of one step
    Cost:   the square of the number of observations
    Source: Sen, "Estimates of the regression coefficient based on Kendall's tau", 1968
    """
    slopes = [
        (newer - older) / (at - before)
        for (older, before), (newer, at) in combinations(zip(values, steps, strict=True), 2)
        if at != before
    ]
    return _median(slopes) if slopes else None


def trend(values: Sequence[float], steps: Sequence[int], argument: float) -> float | None:
    """Mann-Kendall statistic, standardised, with corrections for continuity and ties.

    Unit:   standard deviations; positive where the series rises
    Null:   where all values are equal
    Cost:   n log n for n observations
    Source: Mann, "Nonparametric tests against trend", 1945; Kendall, "Rank correlation
            methods", 1975, for the variance with ties
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
        ties = sum(t * (t - 1) * (2 * t + 5) for t in Counter(values).values())
    variance = (size * (size - 1) * (2 * size + 5) - ties) / 18
    if variance <= 0:
        return None
    corrected = rises - (rises > 0) + (rises < 0)
    return corrected / math.sqrt(variance)


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
