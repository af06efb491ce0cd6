"""Statistics, windows, and functions of single numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ptt_rules.language.types import Measure


class Statistic(Enum):
    """The statistic that an aggregate computes from the observations in its window."""

    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"
    MEDIAN = "median"
    MIN = "min"
    MAX = "max"
    STD = "std"
    VAR = "var"
    MAD = "mad"
    LAST = "last"
    DELTA = "delta"
    QUANTILE = "quantile"
    SLOPE = "slope"
    ROBUST_SLOPE = "robust_slope"
    TREND = "trend"
    CUSUM = "cusum"
    AUTOCORR = "autocorr"
    ZSCORE = "zscore"
    DISTINCT = "distinct"
    CORR = "corr"
    ANY = "any"
    ALL = "all"
    SHARE = "share"


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
class LastWindow:
    """The newest `count` observations before the newest `before`; full from `known_from` on."""

    count: int
    before: int = 0
    least: int | None = None

    @property
    def known_from(self) -> int:
        return self.count if self.least is None else self.least


@dataclass(frozen=True, slots=True)
class FirstWindow:
    """The first `count` observations after the first `skip`; frozen once full."""

    count: int
    skip: int = 0


@dataclass(frozen=True, slots=True)
class AllWindow:
    """All observations so far."""


@dataclass(frozen=True, slots=True)
class SpanWindow:
    """Observations whose step (or clock, in seconds) is within `amount` of the newest row's.

    The clock of a row is the greatest time so far, so that a falling time is harmless.
    """

    amount: float
    measure: Measure


@dataclass(frozen=True, slots=True)
class DecayWindow:
    """All observations so far, with weights that halve every `half_life` observations."""

    half_life: int


Window = LastWindow | FirstWindow | AllWindow | SpanWindow | DecayWindow
