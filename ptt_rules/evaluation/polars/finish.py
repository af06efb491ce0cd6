"""Statistics of folded windows, as columns; `size` is how many observations each is of."""

from __future__ import annotations

import polars as pl

from ptt_rules.evaluation.polars.merges import Columns, chosen, greater, same
from ptt_rules.language.ir import Statistic


def of_fold(statistic: Statistic, parts: Columns, size: pl.Series) -> pl.Series:
    """A statistic of the folds of numbers."""
    found = parts[0]
    match statistic:
        case Statistic.MEAN:
            found = parts[0] / size
        case Statistic.VAR:
            found = parts[1] / (size - 1)
        case Statistic.STD:
            found = (parts[1] / (size - 1)).sqrt()
        case Statistic.SLOPE:
            found = divided(parts[3], parts[2])
        case Statistic.CORR | Statistic.AUTOCORR:
            found = _within_one(divided(parts[3], parts[2].sqrt() * parts[4].sqrt()))
        case Statistic.CUSUM:
            floor, shift = parts
            found = greater(floor, shift)
    return found


def of_decay(statistic: Statistic, parts: Columns) -> pl.Series:
    """A statistic of all numbers so far with their weights."""
    weight, squared_weights, found, squares = parts
    match statistic:
        case Statistic.SUM:
            found = weight * found
        case Statistic.VAR:
            found = squares / (weight - squared_weights / weight)
        case Statistic.STD:
            found = (squares / (weight - squared_weights / weight)).sqrt()
    return found


def of_zscore(newest: pl.Series, others: Columns, size: pl.Series) -> pl.Series:
    """The newest number against the fold of the others."""
    mean, squares = others
    return divided(newest - mean, (squares / (size - 2)).sqrt())


def of_truths(statistic: Statistic, true_ones: pl.Series, size: pl.Series) -> pl.Series:
    """A statistic of full windows of truths, of which some are true."""
    found = true_ones
    match statistic:
        case Statistic.SHARE:
            found = true_ones / size
        case Statistic.ANY:
            found = true_ones > 0
        case Statistic.ALL:
            found = true_ones == size
    return found


def divided(above: pl.Series, below: pl.Series) -> pl.Series:
    """Quotients, unknown where the divisor is zero."""
    quotients: pl.Series = above / below
    return quotients.set(below == 0, None)


def _within_one(correlation: pl.Series) -> pl.Series:
    """Rounding can leave a correlation a little above 1."""
    one = same(1.0, len(correlation))
    kept = chosen((correlation > 1) & correlation.is_not_nan(), one, correlation)
    return chosen(kept < -1, -one, kept)
