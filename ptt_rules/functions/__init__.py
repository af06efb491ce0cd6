"""The functions of the language as table rows.

`AGGREGATES` and `FLOAT_TESTS` are compiled today; `LATER` are those of the language that are
not compiled yet, so that using one is told apart from a misspelling. `HABITS` are names from
other languages with what to write here.
"""

from __future__ import annotations

from dataclasses import dataclass

from ptt_rules.ir.nodes import FloatClass, Statistic
from ptt_rules.types import Kind


@dataclass(frozen=True, slots=True)
class AggregateSignature:
    """What series an aggregate takes and how few observations give it a meaning."""

    statistic: Statistic
    takes: frozenset[Kind]
    least_count: int = 1


_NUMBER = frozenset({Kind.NUMBER})
_TRUTH = frozenset({Kind.TRUTH})

_ROWS = (
    AggregateSignature(Statistic.COUNT, _NUMBER | _TRUTH),
    AggregateSignature(Statistic.SUM, _NUMBER),
    AggregateSignature(Statistic.MEAN, _NUMBER),
    AggregateSignature(Statistic.MEDIAN, _NUMBER),
    AggregateSignature(Statistic.MIN, _NUMBER),
    AggregateSignature(Statistic.MAX, _NUMBER),
    AggregateSignature(Statistic.STD, _NUMBER, least_count=2),
    AggregateSignature(Statistic.VAR, _NUMBER, least_count=2),
    AggregateSignature(Statistic.LAST, _NUMBER),
    AggregateSignature(Statistic.ANY, _TRUTH),
    AggregateSignature(Statistic.ALL, _TRUTH),
    AggregateSignature(Statistic.SHARE, _TRUTH),
)

AGGREGATES = {row.statistic.value: row for row in _ROWS}
FLOAT_TESTS = {test.value: test for test in FloatClass}

LATER_AGGREGATES = frozenset(
    "mad delta quantile slope robust_slope trend cusum autocorr zscore distinct corr".split()
)
LATER_FUNCTIONS = frozenset(
    "abs log exp sqrt sign floor least greatest clamp coalesce observed absent age streak".split()
)
LATER = LATER_AGGREGATES | LATER_FUNCTIONS

HABITS = {
    "len": "count",
    "size": "count",
    "avg": "mean",
    "average": "mean",
    "mean_over_time": "mean",
    "avg_over_time": "mean",
    "stddev": "std",
    "stdev": "std",
    "variance": "var",
    "total": "sum",
    "minimum": "min",
    "maximum": "max",
    "latest": "last",
    "is_nan": "isnan",
    "is_inf": "isinf",
    "is_finite": "isfinite",
    "fraction": "share",
    "ratio": "share",
}
