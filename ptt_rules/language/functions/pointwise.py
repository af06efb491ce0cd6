"""Functions of the numbers of a row, and of whether a series was observed, as table rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class FloatClass(Enum):
    NAN = "isnan"
    INF = "isinf"
    FINITE = "isfinite"


class Function(Enum):
    """Functions of one or two numbers, row by row."""

    ABS = "abs"
    LOG = "log"
    EXP = "exp"
    SQRT = "sqrt"
    SIGN = "sign"
    FLOOR = "floor"
    LEAST = "least"
    GREATEST = "greatest"


@dataclass(frozen=True, slots=True)
class PointwiseSignature:
    """How many operands a function takes, or takes at least, and how it is written."""

    word: str
    operands: int
    example: str
    """A call, of the metric `kl`."""
    meaning: str
    is_open: bool = False
    """Whether it takes any number of operands more."""
    optional: int = 0
    """How many operands more it may take."""

    def takes(self, count: int) -> bool:
        """Whether it takes so many operands."""
        if self.is_open:
            return count >= self.operands
        return self.operands <= count <= self.operands + self.optional

    def written(self, metric: str) -> str:
        """A call of another metric, as an author writes it."""
        return self.example.replace("kl", metric)


_POINTWISE = (
    PointwiseSignature("abs", 1, "abs(kl)", "the number without its sign"),
    PointwiseSignature("log", 1, "log(kl)", "natural logarithm; unknown of what is not positive"),
    PointwiseSignature("exp", 1, "exp(kl)", "e to the power"),
    PointwiseSignature("sqrt", 1, "sqrt(kl)", "square root; unknown of a negative number"),
    PointwiseSignature("sign", 1, "sign(kl)", "-1, 0 or 1"),
    PointwiseSignature("floor", 1, "floor(kl)", "the whole number below"),
    PointwiseSignature("least", 2, "least(kl, 0.3)", "the smallest one", is_open=True),
    PointwiseSignature("greatest", 2, "greatest(kl, 0.3)", "the greatest one", is_open=True),
    PointwiseSignature("clamp", 3, "clamp(kl, 0, 1)", "the number, kept between two others"),
    PointwiseSignature(
        "coalesce", 2, "coalesce(kl, 0)", "the first one that is known", is_open=True
    ),
    PointwiseSignature(
        "at_least",
        2,
        "at_least(2, kl > 0.3, kl < 1)",
        "whether so many of the conditions are true",
        is_open=True,
    ),
)

_OF_SERIES = (
    PointwiseSignature("observed", 1, "observed(kl)", "whether it is in this row"),
    PointwiseSignature("absent", 1, "absent(kl)", "whether it was in no row so far"),
    PointwiseSignature("age", 1, "age(kl)", "steps since it was last observed"),
    PointwiseSignature("prev", 1, "prev(kl)", "the observation before, in rows of the series"),
    PointwiseSignature("streak", 1, "streak(kl > 0.3)", "true observations in a row, up to now"),
)

OF_DETECTORS = PointwiseSignature(
    "firing", 1, "firing(kl_high)", "whether a detector fires after this row"
)

OF_SIBLINGS = PointwiseSignature(
    "siblings",
    1,
    "siblings(kl, 90%)",
    "the median, or a quantile, of what the sibling runs have newest of a metric at this step",
    optional=1,
)

POINTWISE = {row.word: row for row in _POINTWISE}
OF_SERIES = {row.word: row for row in _OF_SERIES}
FLOAT_TESTS = {test.value: test for test in FloatClass}

MEANINGS = {
    **{word: row.meaning for word, row in (POINTWISE | OF_SERIES).items()},
    **{row.word: row.meaning for row in (OF_DETECTORS, OF_SIBLINGS)},
    "isnan": "whether it is NaN",
    "isinf": "whether it is infinite",
    "isfinite": "whether it is neither NaN nor infinite",
}
"""The result of each function, in a few words; a statistic has its own."""

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
    "percentile": "quantile",
    "diff": "delta",
    "ln": "log",
    "is_nan": "isnan",
    "is_inf": "isinf",
    "is_finite": "isfinite",
    "fraction": "share",
    "ratio": "share",
    "clip": "clamp",
    "unique": "distinct",
    "nunique": "distinct",
    "previous": "prev",
    "lag": "prev",
    "shift": "prev",
}
