"""Aggregates of the windows of all rows, as columns.

Windows are folded over the observations and brought back to rows by their positions.
"""

from __future__ import annotations

import polars as pl

from ptt_rules.backends.merges import Merge, merge_of
from ptt_rules.backends.polars.observations import Observations, Rows, Windows, windows
from ptt_rules.backends.samples import SAMPLES
from ptt_rules.backends.windows import narrowed
from ptt_rules.functions import AGGREGATES
from ptt_rules.ir.nodes import Aggregate
from ptt_rules.ir.windows import DecayWindow, LastWindow, Statistic
from ptt_rules.types import Kind


def aggregate(
    node: Aggregate, observations: Observations, rows: Rows, argument: float
) -> pl.Series:
    """What an aggregate is at each row; null is unknown.

    Shape: (rows,)
    """
    least = AGGREGATES[node.statistic.value].least_count
    window = node.window
    if node.statistic is Statistic.AUTOCORR:
        window, least = narrowed(window), least - 1
    merge = merge_of(node.statistic, window, argument)
    found = windows(observations, window, rows)
    if node.takes is Kind.TRUTH:
        return _of_truths(node, observations, found, merge)
    return _of_numbers(node, observations, found.of_at_least(least), (merge, argument))


def _of_numbers(
    node: Aggregate,
    observations: Observations,
    found: Windows,
    folded: tuple[Merge | None, float],
) -> pl.Series:
    merge, argument = folded
    values = observations.values
    size: pl.Series = found.length.cast(pl.Float64)
    match node.statistic:
        case Statistic.COUNT:
            return size
        case Statistic.LAST:
            return _known(values.gather(found.newest), found)
        case Statistic.DELTA:
            return _known(values.gather(found.newest) - values.gather(found.oldest), found)
        case Statistic.ZSCORE:
            return _zscore(observations, found, merge)
        case Statistic.MEDIAN if found.fixed is not None and isinstance(node.window, LastWindow):
            return _known(_rolling_median(values, found), found)
    if node.statistic in SAMPLES:
        return _sampled(node.statistic, observations, found, argument)
    parts = _fold(observations, merge, found)
    if isinstance(node.window, DecayWindow):
        return _known(_decayed(node.statistic, parts), found)
    return _known(_folded(node.statistic, parts, size), found)


def _fold(observations: Observations, merge: Merge | None, found: Windows) -> list[pl.Series]:
    """Parts of the fold at each row; windows of one length are folded once an observation."""
    assert merge is not None
    blocks = observations.blocks(merge)
    if found.fixed:
        return [part.gather(found.newest) for part in blocks.last(found.fixed)]
    return blocks.runs(found.start, found.length)


def _folded(statistic: Statistic, parts: list[pl.Series], size: pl.Series) -> pl.Series:
    variance: pl.Series
    match statistic:
        case Statistic.MEAN:
            mean: pl.Series = parts[0] / size
            return mean
        case Statistic.VAR:
            variance = parts[1] / (size - 1)
            return variance
        case Statistic.STD:
            variance = parts[1] / (size - 1)
            return variance.sqrt()
        case Statistic.SLOPE:
            return _divided(parts[3], parts[2])
        case Statistic.CORR | Statistic.AUTOCORR:
            found = _divided(parts[3], parts[2].sqrt() * parts[4].sqrt())
            column = pl.lit(found)
            kept = pl.when((column > 1) & column.is_not_nan()).then(1.0).otherwise(column)
            return pl.select(pl.when(kept < -1).then(-1.0).otherwise(kept)).to_series()
        case Statistic.CUSUM:
            floor, shift = map(pl.lit, parts)
            is_greater = (shift > floor) & shift.is_not_nan()
            return pl.select(pl.when(is_greater).then(shift).otherwise(floor)).to_series()
    return parts[0]


def _decayed(statistic: Statistic, parts: list[pl.Series]) -> pl.Series:
    weight, squared_weights, mean, squares = parts
    total: pl.Series = weight * mean
    variance: pl.Series = squares / (weight - squared_weights / weight)
    columns = {Statistic.SUM: total, Statistic.VAR: variance, Statistic.STD: variance.sqrt()}
    return columns.get(statistic, mean)


def _zscore(observations: Observations, found: Windows, merge: Merge | None) -> pl.Series:
    others = found.without_newest()
    if others.fixed:
        others_newest = found.newest - 1
        assert merge is not None
        parts = observations.blocks(merge).last(others.fixed)
        mean, squares = (
            part.gather(pl.select(_from_zero(others_newest)).to_series()) for part in parts
        )
    else:
        mean, squares = _fold(observations, merge, others)
    deviation = (squares / (found.length.cast(pl.Float64) - 2)).sqrt()
    newest = observations.values.gather(found.newest)
    return _known(_divided(newest - mean, deviation), found)


def _from_zero(position: pl.Series) -> pl.Expr:
    """A position that is none where it lies before the first."""
    return pl.when(pl.lit(position) >= 0).then(pl.lit(position)).otherwise(None)


def _divided(above: pl.Series, below: pl.Series) -> pl.Series:
    """A quotient, unknown where the divisor is zero."""
    return pl.select(pl.when(below == 0).then(None).otherwise(above / below)).to_series()


def _known(column: pl.Series, found: Windows) -> pl.Series:
    """The column where the window is full, null elsewhere."""
    return pl.select(pl.when(found.full).then(column).otherwise(None)).to_series()


def _rolling_median(values: pl.Series, found: Windows) -> pl.Series:
    """Mean of the two middle values of each window, as the sorted window has them."""
    assert found.fixed is not None
    size = found.fixed
    lower = values.rolling_quantile(0.5, interpolation="lower", window_size=size)
    higher = values.rolling_quantile(0.5, interpolation="higher", window_size=size)
    middle: pl.Series = higher if size % 2 else (lower + higher) / 2
    at_rows: pl.Series = middle.gather(found.newest)
    return at_rows


def _sampled(
    statistic: Statistic, observations: Observations, found: Windows, argument: float
) -> pl.Series:
    """A function of the observations themselves, called once for each different window."""
    sample = SAMPLES[statistic]
    values, steps = observations.values.to_list(), observations.steps.to_list()
    computed: list[float | None] = []
    before: tuple[int, int] | None = None
    for start, length, full in zip(found.start, found.length, found.full, strict=True):
        if full and (start, length) != before:
            window = slice(start, start + length)
            latest = sample(values[window], steps[window], argument)
            before = start, length
        computed.append(latest if full else None)
    return pl.Series(computed, dtype=pl.Float64)


def _of_truths(
    node: Aggregate, observations: Observations, found: Windows, merge: Merge | None
) -> pl.Series:
    parts = _fold(observations, merge, Windows(found.start, found.length, found.full))
    true_ones = parts[0].fill_null(0.0)
    size = found.length.cast(pl.Float64)
    match node.statistic:
        case Statistic.COUNT:
            return true_ones
        case Statistic.SHARE if isinstance(node.window, DecayWindow):
            return _known(parts[2], found)
        case Statistic.SHARE:
            return _known(true_ones / size, found)
        case Statistic.ANY:
            return _decided(true_ones > 0, True, found)
        case _:
            return _decided(true_ones < size, False, found)


def _decided(early: pl.Series, verdict: bool, found: Windows) -> pl.Series:
    """The verdict where it is decided early, its opposite where the window is full."""
    otherwise = pl.when(found.full).then(pl.lit(not verdict)).otherwise(None)
    return pl.select(pl.when(early).then(pl.lit(verdict)).otherwise(otherwise)).to_series()
