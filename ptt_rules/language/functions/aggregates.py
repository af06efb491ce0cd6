"""Aggregates as table rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ptt_rules.language.ir import Statistic
from ptt_rules.language.types import Kind

LONGEST = 100_000
"""Observations in a window that is folded, so that a row costs log2 of it."""


class Reach(Enum):
    """Which windows an aggregate has a meaning over, at a bounded cost."""

    ANY = "any window"
    NO_DECAY = "any window without weights"
    BOUNDED = "a number of observations, or a span"
    COUNTED = "a number of observations"


@dataclass(frozen=True, slots=True)
class AggregateSignature:
    """The arguments of an aggregate, and its least and largest number of observations."""

    statistic: Statistic
    takes: frozenset[Kind]
    meaning: str
    least_count: int = 1
    longest: int = LONGEST
    reach: Reach = Reach.NO_DECAY
    is_of_pairs: bool = False
    argument: str = ""
    """The name of a second argument, for messages."""

    @property
    def word(self) -> str:
        return self.statistic.value

    def written(self, series: str, window: str = "[20]") -> str:
        """A call as an author writes it."""
        inner = f"({series} > 0.3)" if self.takes == _TRUTH else series
        if self.is_of_pairs:
            return f"{self.word}({inner}{window}, reward{window})"
        tail = {"q": ", 90%", "k": ", 0.1"}.get(self.argument, "")
        return f"{self.word}({inner}{window}{tail})"


_NUMBER = frozenset({Kind.NUMBER})
_TRUTH = frozenset({Kind.BOOL})
_SORTED = 10_000

_ROWS = (
    AggregateSignature(
        Statistic.COUNT,
        _NUMBER | _TRUTH,
        "how many observations, or how many true ones",
        reach=Reach.ANY,
    ),
    AggregateSignature(Statistic.SUM, _NUMBER, "sum", reach=Reach.ANY),
    AggregateSignature(Statistic.MEAN, _NUMBER, "mean", reach=Reach.ANY),
    AggregateSignature(Statistic.MEDIAN, _NUMBER, "median", longest=_SORTED, reach=Reach.BOUNDED),
    AggregateSignature(Statistic.MIN, _NUMBER, "smallest"),
    AggregateSignature(Statistic.MAX, _NUMBER, "greatest"),
    AggregateSignature(
        Statistic.STD,
        _NUMBER,
        "standard deviation, n-1 below the line",
        least_count=2,
        reach=Reach.ANY,
    ),
    AggregateSignature(
        Statistic.VAR, _NUMBER, "variance, n-1 below the line", least_count=2, reach=Reach.ANY
    ),
    AggregateSignature(
        Statistic.MAD,
        _NUMBER,
        "median absolute deviation from the median, unscaled",
        longest=_SORTED,
        reach=Reach.BOUNDED,
    ),
    AggregateSignature(Statistic.LAST, _NUMBER, "newest"),
    AggregateSignature(Statistic.DELTA, _NUMBER, "newest minus oldest"),
    AggregateSignature(
        Statistic.QUANTILE,
        _NUMBER,
        "quantile with linear interpolation",
        longest=_SORTED,
        reach=Reach.BOUNDED,
        argument="q",
    ),
    AggregateSignature(Statistic.SLOPE, _NUMBER, "least-squares slope per step", least_count=2),
    AggregateSignature(
        Statistic.ROBUST_SLOPE,
        _NUMBER,
        "median slope per step of all pairs (Theil-Sen)",
        least_count=2,
        longest=200,
        reach=Reach.COUNTED,
    ),
    AggregateSignature(
        Statistic.TREND,
        _NUMBER,
        "Mann-Kendall statistic, standardised",
        least_count=3,
        longest=1_000,
        reach=Reach.COUNTED,
    ),
    AggregateSignature(
        Statistic.CUSUM, _NUMBER, "Page's one-sided sum max(0, S + x - k)", argument="k"
    ),
    AggregateSignature(
        Statistic.AUTOCORR, _NUMBER, "correlation with the observation before", least_count=3
    ),
    AggregateSignature(
        Statistic.ZSCORE,
        _NUMBER,
        "newest against mean and deviation of the others",
        least_count=3,
    ),
    AggregateSignature(
        Statistic.DISTINCT,
        _NUMBER,
        "how many different values",
        longest=_SORTED,
        reach=Reach.BOUNDED,
    ),
    AggregateSignature(
        Statistic.CORR,
        _NUMBER,
        "correlation of two series",
        least_count=2,
        is_of_pairs=True,
    ),
    AggregateSignature(Statistic.ANY, _TRUTH, "whether one is true"),
    AggregateSignature(Statistic.ALL, _TRUTH, "whether all are true"),
    AggregateSignature(Statistic.SHARE, _TRUTH, "share of the true ones", reach=Reach.ANY),
)

AGGREGATES = {row.word: row for row in _ROWS}
