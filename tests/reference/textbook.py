"""Statistics as a textbook has them, over exact numbers: no rounding, no order of additions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

Numbers = Sequence[Fraction]


def mean(xs: Numbers) -> Fraction:
    return sum(xs, Fraction(0)) / len(xs)


def products(xs: Numbers, ys: Numbers) -> Fraction:
    """Sum of the products of the deviations from both means."""
    mean_x, mean_y = mean(xs), mean(ys)
    return sum(((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)), Fraction(0))


def variance(xs: Numbers) -> Fraction:
    return products(xs, xs) / (len(xs) - 1)


def deviation(xs: Numbers) -> float:
    return math.sqrt(variance(xs))


def slope(xs: Numbers, ys: Numbers) -> Fraction:
    return products(xs, ys) / products(xs, xs)


def correlation(xs: Numbers, ys: Numbers) -> float:
    square = products(xs, ys) ** 2 / (products(xs, xs) * products(ys, ys))
    return math.copysign(math.sqrt(square), products(xs, ys))


def autocorrelation(xs: Numbers) -> float:
    return correlation(xs[:-1], xs[1:])


def zscore(xs: Numbers) -> float:
    *others, newest = xs
    return float(newest - mean(others)) / deviation(others)


def cusum(xs: Numbers, allowance: Fraction) -> Fraction:
    total = Fraction(0)
    for x in xs:
        total = max(Fraction(0), total + x - allowance)
    return total


def condition(xs: Numbers) -> float:
    """By how much an error of the numbers can grow in their deviation: mean against spread."""
    return math.sqrt(1 + mean(xs) ** 2 / (products(xs, xs) / len(xs)))


# ---- with weights that decay ---------------------------------------------------------------


def weights(count: int, half_life: int) -> list[Fraction]:
    """2 to the power of -age / half_life, to 50 digits."""
    with localcontext() as context:
        context.prec = 50
        ages = [Decimal(count - 1 - number) for number in range(count)]
        return [Fraction(Decimal(2) ** (-age / half_life)) for age in ages]


def decayed_mean(xs: Numbers, half_life: int) -> Fraction:
    ws = weights(len(xs), half_life)
    return _weighted(ws, xs) / sum(ws, Fraction(0))


def decayed_variance(xs: Numbers, half_life: int) -> Fraction:
    """With reliability weights: equal ones give the usual n - 1 below the line."""
    ws, middle = weights(len(xs), half_life), decayed_mean(xs, half_life)
    squares = _weighted(ws, [(x - middle) ** 2 for x in xs])
    total = sum(ws, Fraction(0))
    return squares / (total - _weighted(ws, ws) / total)


def _weighted(ws: Numbers, xs: Numbers) -> Fraction:
    return sum((w * x for w, x in zip(ws, xs, strict=True)), Fraction(0))


OF_ONE: dict[str, Callable[[Numbers], Fraction | float]] = {
    "mean": mean,
    "sum": lambda xs: sum(xs, Fraction(0)),
    "var": variance,
    "std": deviation,
    "zscore": zscore,
    "autocorr": autocorrelation,
}
