"""Statistics that need the observations themselves, over whole columns.

What Polars has no kernel for that agrees with `ptt_rules.evaluation.samples` to the last bit is
computed by its functions, one call for each window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from ptt_rules.evaluation.samples import SAMPLES
from ptt_rules.language.ir import Statistic


def is_rolling(statistic: Statistic) -> bool:
    """Whether Polars computes it over windows of the last observations."""
    return statistic in _ROLLING


def rolling(statistic: Statistic, values: pl.Series, size: int, argument: float) -> pl.Series:
    """A statistic of the last `size` observations; null before there are so many."""
    return _ROLLING[statistic](values, size, argument)


def _median(values: pl.Series, size: int, argument: float) -> pl.Series:
    """Mean of the two middle values, as the sorted window has them."""
    lower = values.rolling_quantile(0.5, interpolation="lower", window_size=size)
    if size % 2:
        return lower
    higher = values.rolling_quantile(0.5, interpolation="higher", window_size=size)
    middle: pl.Series = (lower + higher) / 2
    return middle


def _quantile(values: pl.Series, size: int, share: float) -> pl.Series:
    position = share * (size - 1)
    below = int(position)
    low = _ranked(values, size, below)
    if below == position:
        return low
    found: pl.Series = low + (_ranked(values, size, below + 1) - low) * (position - below)
    return found


def _ranked(values: pl.Series, size: int, rank: int) -> pl.Series:
    """The value of a rank, from 0, in each window."""
    share = rank / (size - 1) if size > 1 else 0.0
    return values.rolling_quantile(share, interpolation="nearest", window_size=size)


_ROLLING: dict[Statistic, Callable[[pl.Series, int, float], pl.Series]] = {
    Statistic.MEDIAN: _median,
    Statistic.QUANTILE: _quantile,
}


def sampled(
    statistic: Statistic,
    observations: pl.DataFrame,
    windows: Iterable[tuple[int, int]],
    argument: float,
) -> pl.Series:
    """A function of the observations in each window, given by its start and length.

    Null: null for windows without observations
    Cost: one call for each window that differs from the one before it
    """
    sample = SAMPLES[statistic]
    values, steps = observations["y"].to_list(), observations["step"].to_list()
    computed: list[float | None] = []
    before: tuple[int, int] | None = None
    latest: float | None = None
    for window in windows:
        if window != before:
            start, length = before = window
            part = slice(start, start + length)
            latest = sample(values[part], steps[part], argument) if length else None
        computed.append(latest)
    return pl.Series(computed, dtype=pl.Float64)
