"""Strategies of hypothesis for what trainers log: healthy noise, drifts, spikes, gaps, NaN.

A series is a list with a sample for each row; None is a row without the key. `log_rows` makes
the rows of a run of several series. Needs the extra `testing`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from ptt_rules.authoring.tests import LogRow, Sample, rows_of_samples

try:
    from hypothesis import strategies as st
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "ptt_rules.testing.strategies needs hypothesis: pip install 'ptt-rules[testing]', "
        "or where no index has ptt the path of its wheel with [testing]"
    ) from error

Series = list[Sample]
SeriesStrategy = st.SearchStrategy[Series]

MAX_SPREADS = 3.0
"""How far noise goes from its mean, in spreads."""


def healthy(mean: float, spread: float, *, length: int = 100) -> SeriesStrategy:
    """Noise around a mean, never farther than three spreads from it."""
    return drift(mean, mean, spread, length=length)


def drift(start: float, end: float, spread: float = 0.0, *, length: int = 100) -> SeriesStrategy:
    """Noise around the straight line from one number to another."""
    noise = st.floats(-MAX_SPREADS * spread, MAX_SPREADS * spread)
    last = max(1, length - 1)

    def along(noises: list[float]) -> Series:
        return [start + (end - start) * row / last + one for row, one in enumerate(noises)]

    return st.lists(noise, min_size=length, max_size=length).map(along)


def spikes(series: SeriesStrategy, height: float, *, at_most: int = 3) -> SeriesStrategy:
    """A series in which a few rows, one at least, are so much higher; lower if it is negative."""
    return _changed(series, st.just(lambda one: None if one is None else one + height), at_most)


def broken(series: SeriesStrategy, *, at_most: int = 3) -> SeriesStrategy:
    """A series in which a few rows, one at least, are NaN or infinite."""
    numbers = st.sampled_from((math.nan, math.inf, -math.inf))
    return _changed(series, numbers.map(lambda number: lambda _: number), at_most)


def gaps(series: SeriesStrategy, *, at_most: int = 20) -> SeriesStrategy:
    """A series that a few rows, one at least, do not have."""
    return _changed(series, st.just(lambda _: None), at_most)


def then(*series: SeriesStrategy) -> SeriesStrategy:
    """Series one behind the other."""
    return st.tuples(*series).map(lambda parts: [one for part in parts for one in part])


def log_rows(
    series: Mapping[str, SeriesStrategy], *, every: int = 1, start: int = 1
) -> st.SearchStrategy[list[LogRow]]:
    """The rows of a run, with series by the keys that the trainer logs them under."""
    return st.fixed_dictionaries(dict(series)).map(
        lambda columns: rows_of_samples(columns, every=every, start=start)
    )


@st.composite
def _changed(
    draw: st.DrawFn,
    series: SeriesStrategy,
    changes: st.SearchStrategy[Callable[[Sample], Sample]],
    at_most: int,
) -> Series:
    """A series with some of its samples changed, each in a way of its own."""
    samples = list(draw(series))
    places = st.sets(st.integers(0, len(samples) - 1), min_size=1, max_size=at_most)
    for place in sorted(draw(places)) if samples else ():
        samples[place] = draw(changes)(samples[place])
    return samples
