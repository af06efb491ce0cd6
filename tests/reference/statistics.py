"""Statistics: what an aggregate is of the observations in its window."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations, pairwise

from ptt_rules.language.functions import FLOATS, Fold
from ptt_rules.language.functions.folds import COMOMENTS, CUSUM, DECAY, MAX, MIN, MOMENTS, SUM
from ptt_rules.language.ir import DecayWindow, Window
from tests.reference.folding import fold
from tests.reference.windows import Content, Observation

Numbers = Sequence[float]
Pairs = Sequence[tuple[float, float]]

LEAST = {
    "std": 2,
    "var": 2,
    "slope": 2,
    "robust_slope": 2,
    "corr": 2,
    "zscore": 3,
    "trend": 3,
    "autocorr": 3,
}
"""Observations that a statistic has no meaning without, where that is more than one."""


def statistic_of_truths(word: str, content: Content, window: Window) -> float | None:
    """COUNT and SHARE of a truth; ANY and ALL are 1.0 and 0.0."""
    truths = [one.values[0] for one in content.observations]
    if word == "count":
        return float(truths.count(1.0))
    if word == "any" and 1.0 in truths:
        return 1.0
    if word == "all" and 0.0 in truths:
        return 0.0
    if not content.is_full:
        return None
    return OF_TRUTHS[word](truths, window)


def statistic_of_numbers(
    word: str, content: Content, window: Window, argument: float
) -> float | None:
    """All others; `argument` is the share of a quantile or the allowance of a sum."""
    observations = content.observations
    if word == "count":
        return float(len(observations))
    if not content.is_full or len(observations) < LEAST.get(word, 1):
        return None
    numbers = [one.values[0] for one in observations]
    if word in OF_PAIRS:
        of_steps = word != "corr"
        pairs = _with_steps(observations) if of_steps else [_pair(one) for one in observations]
        return OF_PAIRS[word](pairs)
    if word in WITH_ARGUMENT:
        return WITH_ARGUMENT[word](numbers, argument)
    if isinstance(window, DecayWindow):
        return _decayed(word, numbers, window.half_life)
    return OF_NUMBERS[word](numbers)


def _pair(observation: Observation) -> tuple[float, float]:
    return observation.values[0], observation.values[1]


def _with_steps(observations: Sequence[Observation]) -> Pairs:
    return [(float(one.place.step), one.values[0]) for one in observations]


# ---- sums and moments ----------------------------------------------------------------------


def _folded(kind: Fold, numbers: Sequence[float | tuple[float, float]]) -> tuple[float, ...]:
    leaves = [kind.leaf()(value, 0) for value in numbers]
    folded = fold(leaves, kind.join(FLOATS))
    return folded if isinstance(folded, tuple) else (folded,)


def _sum(numbers: Numbers) -> float:
    return _folded(SUM, numbers)[0]


def _plain_mean(numbers: Numbers) -> float:
    return _sum(numbers) / len(numbers)


def _mean(numbers: Numbers, window: Window) -> float:
    if isinstance(window, DecayWindow):
        return _decayed("mean", numbers, window.half_life)
    return _plain_mean(numbers)


def _variance(numbers: Numbers) -> float:
    count, _, squares = _folded(MOMENTS, numbers)
    return squares / (count - 1)


def _deviation(numbers: Numbers) -> float:
    return math.sqrt(_variance(numbers))


def _zscore(numbers: Numbers) -> float | None:
    """The newest against the others."""
    *others, newest = numbers
    count, mean, squares = _folded(MOMENTS, others)
    deviation = math.sqrt(squares / (count - 1))
    return None if deviation == 0 else (newest - mean) / deviation


def _decayed(word: str, numbers: Numbers, half_life: int) -> float:
    """Of weights that halve; the variance has reliability weights."""
    _, weight, squared_weight, mean, squares = _folded(DECAY.of(float(half_life)), numbers)
    if word == "mean":
        return mean
    if word == "sum":
        return mean * weight
    variance = squares / (weight - squared_weight / weight)
    return math.sqrt(variance) if word == "std" else variance


def _cusum(numbers: Numbers, allowance: float) -> float:
    """Page's sum that begins with 0: the floor of the block, or its shift where that is more."""
    _, floor, shift = _folded(CUSUM.of(allowance), numbers)
    return max(floor, shift)


# ---- of pairs ------------------------------------------------------------------------------


def _slope(pairs: Pairs) -> float | None:
    _, _, _, xx, xy, _ = _folded(COMOMENTS, pairs)
    return None if xx == 0 else xy / xx


def _correlation(pairs: Pairs) -> float | None:
    """Pearson's, which rounding never takes beyond 1 or -1."""
    _, _, _, xx, xy, yy = _folded(COMOMENTS, pairs)
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


OF_TRUTHS: dict[str, Callable[[Numbers, Window], float]] = {
    "count": lambda truths, window: float(truths.count(1.0)),
    "share": _mean,
    "any": lambda truths, window: float(1.0 in truths),
    "all": lambda truths, window: float(0.0 not in truths),
}
OF_PAIRS: dict[str, Callable[[Pairs], float | None]] = {
    "corr": _correlation,
    "slope": _slope,
    "robust_slope": _robust_slope,
}
WITH_ARGUMENT: dict[str, Callable[[Numbers, float], float]] = {
    "quantile": quantile,
    "cusum": _cusum,
}
OF_NUMBERS: dict[str, Callable[[Numbers], float | None]] = {
    "sum": _sum,
    "mean": _plain_mean,
    "var": _variance,
    "std": _deviation,
    "zscore": _zscore,
    "min": lambda numbers: _folded(MIN, numbers)[0],
    "max": lambda numbers: _folded(MAX, numbers)[0],
    "last": lambda numbers: numbers[-1],
    "delta": lambda numbers: numbers[-1] - numbers[0],
    "median": median,
    "mad": _absolute_deviation,
    "trend": _trend,
    "autocorr": _autocorrelation,
    "distinct": lambda numbers: float(len(set(numbers))),
}

WORDS = {*OF_TRUTHS, *OF_PAIRS, *WITH_ARGUMENT, *OF_NUMBERS}
"""The statistics that it knows."""
