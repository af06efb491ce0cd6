"""Statistics that fold: what each reads off a block of observations."""

from __future__ import annotations

from collections.abc import Callable

from ptt_rules.language.functions import ranges
from ptt_rules.language.functions.arithmetic import Arithmetic, Part
from ptt_rules.language.functions.folds import COMOMENTS, CUSUM, MAX, MIN, MOMENTS, SUM, Parts
from ptt_rules.language.functions.ordered import greatest, smallest
from ptt_rules.language.functions.statistic import Argument, Folded, Reach, Statistic

Finished = Callable[[Parts, Part], Part]

# ---- what is read off a block --------------------------------------------------------------


def itself(do: Arithmetic) -> Callable[[Part, Part], Part]:
    return lambda block, size: block


def mean(do: Arithmetic) -> Callable[[Part, Part], Part]:
    return lambda total, size: total / size


def variance(do: Arithmetic) -> Finished:
    return lambda block, size: block[2] / (size - 1)


def deviation(do: Arithmetic) -> Finished:
    root = do.root
    return lambda block, size: root(block[2] / (size - 1))


def zscore(do: Arithmetic) -> Callable[[Parts, Part, Part], Part]:
    """The newest against the block of the others."""
    root, quotient = do.root, do.quotient
    return lambda others, size, newest: quotient(newest - others[1], root(others[2] / (size - 2)))


def slope(do: Arithmetic) -> Finished:
    quotient = do.quotient
    return lambda block, size: quotient(block[4], block[3])


def correlation(do: Arithmetic) -> Finished:
    """Rounding can leave it a little above 1."""
    root, quotient, within_one = do.root, do.quotient, do.within_one

    def finish(block: Parts, size: Part) -> Part:
        _, _, _, xx, xy, yy = block
        return within_one(quotient(xy, root(xx) * root(yy)))

    return finish


def cusum(do: Arithmetic) -> Finished:
    greater = do.greater
    return lambda block, size: greater(block[1], block[2])


# ---- of weights that fade ------------------------------------------------------------------


def decayed_sum(do: Arithmetic) -> Finished:
    return lambda block, size: block[1] * block[3]


def decayed_mean(do: Arithmetic) -> Finished:
    return lambda block, size: block[3]


def decayed_variance(do: Arithmetic) -> Finished:
    """Null: never: two observations have weights of which neither is all"""

    def finish(block: Parts, size: Part) -> Part:
        _, weight, squared_weights, _, squares = block
        return squares / (weight - squared_weights / weight)

    return finish


def decayed_deviation(do: Arithmetic) -> Finished:
    root, of = do.root, decayed_variance(do)
    return lambda block, size: root(of(block, size))


# ---- the rows ------------------------------------------------------------------------------

FOLDED = (
    Statistic(
        "sum",
        "sum",
        "the sum of {x} over {w}",
        Folded(SUM, itself),
        reach=Reach.ANY,
        range=ranges.total,
        decayed=decayed_sum,
        is_level=True,
    ),
    Statistic(
        "mean",
        "mean",
        "the mean of {x} over {w}",
        Folded(SUM, mean),
        reach=Reach.ANY,
        decayed=decayed_mean,
        is_level=True,
    ),
    Statistic(
        "min",
        "smallest",
        "the smallest {x} of {w}",
        Folded(MIN, itself, ordered=smallest),
        is_level=True,
        end=-1,
    ),
    Statistic(
        "max",
        "greatest",
        "the greatest {x} of {w}",
        Folded(MAX, itself, ordered=greatest),
        is_level=True,
        end=1,
    ),
    Statistic(
        "std",
        "standard deviation, n-1 below the line",
        "the standard deviation of {x} over {w}",
        Folded(MOMENTS, deviation),
        least_count=2,
        reach=Reach.ANY,
        range=ranges.deviation,
        decayed=decayed_deviation,
        needs_many=True,
    ),
    Statistic(
        "var",
        "variance, n-1 below the line",
        "the variance of {x} over {w}",
        Folded(MOMENTS, variance),
        least_count=2,
        reach=Reach.ANY,
        unit=None,
        range=ranges.variance,
        decayed=decayed_variance,
        needs_many=True,
    ),
    Statistic(
        "slope",
        "least-squares slope per step",
        "the slope of {x} per step over {w}",
        Folded(COMOMENTS, slope),
        least_count=2,
        unit=None,
        range=ranges.anything,
        why_unknown="all observations are of one step",
        needs_many=True,
    ),
    Statistic(
        "cusum",
        "Page's one-sided sum max(0, S + x - k)",
        "the running sum of {x} above {k} (Page) over {w}",
        Folded(CUSUM, cusum),
        argument=Argument("k", "0.1", "over"),
        range=ranges.excess,
    ),
    Statistic(
        "autocorr",
        "correlation with the observation before",
        "the autocorrelation of {x} over {w}",
        Folded(COMOMENTS, correlation),
        least_count=3,
        is_lagged=True,
        unit=None,
        range=ranges.correlation,
        why_unknown="the observations do not vary",
        needs_many=True,
    ),
    Statistic(
        "zscore",
        "newest against mean and deviation of the others",
        "the z-score of the newest {x} among {w}",
        Folded(MOMENTS, zscore, is_of_others=True),
        least_count=3,
        unit=None,
        range=ranges.anything,
        why_unknown="all but the newest are alike",
        needs_many=True,
    ),
    Statistic(
        "corr",
        "correlation of two series",
        "the correlation of {x} and {y} over {w}",
        Folded(COMOMENTS, correlation),
        least_count=2,
        is_of_pairs=True,
        unit=None,
        range=ranges.correlation,
        why_unknown="one of the two does not vary",
        needs_many=True,
    ),
)
