"""Statistics that need the observations themselves, over whole columns.

What Polars has no kernel for that agrees with `ptt_rules.language.functions` to the last bit is
computed by its functions, one call for each window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from ptt_rules.language.functions import (
    Computation,
    Folded,
    OfOrdered,
    Ordered,
    Sampled,
    greatest,
    middle,
    ranked,
    smallest,
    unsigned,
)

Rolling = Callable[[pl.Series, int, float], pl.Series]
"""Of windows of the last so many observations; null before there are so many."""


def rolling(computation: Computation) -> Rolling | None:
    """The kernel that Polars has for it."""
    match computation:
        case Ordered(of=of) | Folded(ordered=of) if of is not None:
            return _KERNELS.get(of)
    return None


def _smallest(values: pl.Series, size: int, argument: float) -> pl.Series:
    smallest: pl.Series = unsigned(values).rolling_min(size)
    return smallest


def _greatest(values: pl.Series, size: int, argument: float) -> pl.Series:
    greatest: pl.Series = unsigned(values).rolling_max(size)
    return greatest


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


_KERNELS: dict[OfOrdered, Rolling] = {
    smallest: _smallest,
    greatest: _greatest,
    middle: _median,
    ranked: _quantile,
}
"""By what is read off the sorted values of a window."""


def sampled(
    computation: Ordered | Sampled,
    observations: pl.DataFrame,
    windows: Iterable[tuple[int, int]],
    argument: float,
) -> pl.Series:
    """A function of the observations in each window, given by its start and length.

    Null: null for windows without observations
    Cost: one call for each window that differs from the one before it
    """
    sample = computation.sample
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
