"""Statistics: what an aggregate is of the observations in its window."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations, pairwise

from ptt_rules.evaluation.merges import Merge, MergeKind, joiner, leaf
from ptt_rules.language.ir.windows import DecayWindow, Statistic, Window
from tests.reference.folding import fold
from tests.reference.windows import Content, Observation

Numbers = Sequence[float]
Pairs = Sequence[tuple[float, float]]

LEAST = {
    Statistic.STD: 2,
    Statistic.VAR: 2,
    Statistic.SLOPE: 2,
    Statistic.ROBUST_SLOPE: 2,
    Statistic.CORR: 2,
    Statistic.ZSCORE: 3,
    Statistic.TREND: 3,
    Statistic.AUTOCORR: 3,
}
"""Observations that a statistic has no meaning without, where that is more than one."""


def statistic_of_truths(statistic: Statistic, content: Content, window: Window) -> float | None:
    """COUNT and SHARE of a truth; ANY and ALL are 1.0 and 0.0."""
    truths = [one.values[0] for one in content.observations]
    if statistic is Statistic.COUNT:
        return float(truths.count(1.0))
    if statistic is Statistic.ANY and 1.0 in truths:
        return 1.0
    if statistic is Statistic.ALL and 0.0 in truths:
        return 0.0
    if not content.is_full:
        return None
    if statistic is Statistic.SHARE:
        return _mean(truths, window)
    return 0.0 if statistic is Statistic.ANY else 1.0


def statistic_of_numbers(
    statistic: Statistic, content: Content, window: Window, argument: float
) -> float | None:
    """All others; `argument` is the share of QUANTILE or the allowance of CUSUM."""
    observations = content.observations
    if statistic is Statistic.COUNT:
        return float(len(observations))
    if not content.is_full or len(observations) < LEAST.get(statistic, 1):
        return None
    numbers = [one.values[0] for one in observations]
    match statistic:
        case Statistic.QUANTILE:
            return quantile(numbers, argument)
        case Statistic.CUSUM:
            return _cusum(numbers, argument)
        case Statistic.CORR:
            return _correlation([(one.values[0], one.values[1]) for one in observations])
        case Statistic.SLOPE:
            return _slope(_with_steps(observations))
        case Statistic.ROBUST_SLOPE:
            return _robust_slope(_with_steps(observations))
    if isinstance(window, DecayWindow):
        return _decayed(statistic, numbers, window.half_life)
    return _OF_NUMBERS[statistic](numbers)


def _with_steps(observations: Sequence[Observation]) -> Pairs:
    return [(float(one.place.step), one.values[0]) for one in observations]


# ---- sums and moments ----------------------------------------------------------------------


def _folded(kind: MergeKind, numbers: Sequence[float | tuple[float, float]]) -> tuple[float, ...]:
    merge = Merge(kind)
    leaves = [leaf(merge)(value, 0) for value in numbers]
    folded = fold(leaves, joiner(merge))
    return folded if isinstance(folded, tuple) else (folded,)


def _sum(numbers: Numbers) -> float:
    return _folded(MergeKind.SUM, numbers)[0]


def _plain_mean(numbers: Numbers) -> float:
    return _sum(numbers) / len(numbers)


def _mean(numbers: Numbers, window: Window) -> float:
    if isinstance(window, DecayWindow):
        return _decayed(Statistic.MEAN, numbers, window.half_life)
    return _plain_mean(numbers)


def _variance(numbers: Numbers) -> float:
    count, _, squares = _folded(MergeKind.MOMENTS, numbers)
    return squares / (count - 1)


def _deviation(numbers: Numbers) -> float:
    return math.sqrt(_variance(numbers))


def _zscore(numbers: Numbers) -> float | None:
    """The newest against the others."""
    *others, newest = numbers
    count, mean, squares = _folded(MergeKind.MOMENTS, others)
    deviation = math.sqrt(squares / (count - 1))
    return None if deviation == 0 else (newest - mean) / deviation


def _decayed(statistic: Statistic, numbers: Numbers, half_life: int) -> float:
    """Of weights that halve; the variance has reliability weights."""
    merge = Merge(MergeKind.DECAY, float(half_life))
    leaves = [leaf(merge)(value, 0) for value in numbers]
    _, weight, squared_weight, mean, squares = fold(leaves, joiner(merge))
    if statistic is Statistic.MEAN:
        return float(mean)
    if statistic is Statistic.SUM:
        return float(mean * weight)
    variance = float(squares / (weight - squared_weight / weight))
    return math.sqrt(variance) if statistic is Statistic.STD else variance


def _cusum(numbers: Numbers, allowance: float) -> float:
    """Page's sum that begins with 0: the floor of the block, or its shift where that is more."""
    merge = Merge(MergeKind.CUSUM, allowance)
    _, floor, shift = fold([leaf(merge)(value, 0) for value in numbers], joiner(merge))
    return float(max(floor, shift))


# ---- of pairs ------------------------------------------------------------------------------


def _slope(pairs: Pairs) -> float | None:
    _, _, _, xx, xy, _ = _folded(MergeKind.COMOMENTS, pairs)
    return None if xx == 0 else xy / xx


def _correlation(pairs: Pairs) -> float | None:
    """Pearson's, which rounding never takes beyond 1 or -1."""
    _, _, _, xx, xy, yy = _folded(MergeKind.COMOMENTS, pairs)
    spread = math.sqrt(xx) * math.sqrt(yy)
    return None if spread == 0 else max(min(xy / spread, 1.0), -1.0)


def _autocorrelation(numbers: Numbers) -> float | None:
    """The correlation of each observation with the one before it."""
    return _correlation(list(pairwise(numbers)))


def _robust_slope(pairs: Pairs) -> float | None:
    slopes = [
        # one that is too small for a float is a zero without sign
        (later[1] - earlier[1]) / (later[0] - earlier[0]) + 0.0
        for earlier, later in combinations(pairs, 2)
        if later[0] != earlier[0]
    ]
    return median(slopes) if slopes else None


# ---- of sorted observations ----------------------------------------------------------------


def median(numbers: Numbers) -> float:
    ordered, half = sorted(numbers), len(numbers) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def quantile(numbers: Numbers, share: float) -> float:
    """Type 7 of Hyndman and Fan: linear between the two neighbours."""
    ordered = sorted(numbers)
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    if position == below:
        return ordered[below]
    return ordered[below] + (ordered[below + 1] - ordered[below]) * (position - below)


def _absolute_deviation(numbers: Numbers) -> float:
    middle = median(numbers)
    return median([abs(value - middle) for value in numbers])


def _trend(numbers: Numbers) -> float | None:
    """Mann and Kendall: the pairs that rise less those that fall, by its deviation."""
    rising = sum(_sign(later - earlier) for earlier, later in combinations(numbers, 2))
    count = len(numbers)
    ties = [numbers.count(value) for value in set(numbers)]
    terms = count * (count - 1) * (2 * count + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)
    if terms == 0:
        return None
    return (rising - _sign(rising)) / math.sqrt(terms / 18)


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


_OF_NUMBERS: dict[Statistic, Callable[[Numbers], float | None]] = {
    Statistic.SUM: _sum,
    Statistic.MEAN: _plain_mean,
    Statistic.VAR: _variance,
    Statistic.STD: _deviation,
    Statistic.ZSCORE: _zscore,
    Statistic.MIN: lambda numbers: _folded(MergeKind.MIN, numbers)[0],
    Statistic.MAX: lambda numbers: _folded(MergeKind.MAX, numbers)[0],
    Statistic.LAST: lambda numbers: numbers[-1],
    Statistic.DELTA: lambda numbers: numbers[-1] - numbers[0],
    Statistic.MEDIAN: median,
    Statistic.MAD: _absolute_deviation,
    Statistic.TREND: _trend,
    Statistic.AUTOCORR: _autocorrelation,
    Statistic.DISTINCT: lambda numbers: float(len(set(numbers))),
}
