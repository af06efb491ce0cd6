"""Intervals of numbers, closed at both ends, and arithmetic on them.

An interval holds every number that an expression can be, NaN left out. That a product or a
quotient of two is NaN (zero times infinity, infinity by infinity) adds nothing to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

inf = math.inf


@dataclass(frozen=True, slots=True)
class Interval:
    low: float = -inf
    high: float = inf

    @classmethod
    def of(cls, low: float | None, high: float | None) -> Interval:
        """A declared range, whose ends may be open."""
        return cls(-inf if low is None else low, inf if high is None else high)

    @property
    def is_empty(self) -> bool:
        """Whether no number is in it: what it is of is never known."""
        return self.low > self.high

    @property
    def is_bounded(self) -> bool:
        """Whether it has a finite end."""
        return math.isfinite(self.low) or math.isfinite(self.high)

    @property
    def width(self) -> float:
        """The greatest distance of two numbers in it, 0 of equal infinities."""
        return 0.0 if self.low >= self.high else self.high - self.low

    def __contains__(self, number: float) -> bool:
        return self.low <= number <= self.high

    def meet(self, other: Interval) -> Interval:
        """The intersection."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(low, high) if low <= high else NOTHING

    def mapped(self, function: Callable[[float], float]) -> Interval:
        """The image under a function that never falls."""
        return self if self.is_empty else Interval(function(self.low), function(self.high))

    # ---- arithmetic ------------------------------------------------------------------------

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __add__(self, other: Interval) -> Interval:
        if self.is_empty or other.is_empty:
            return NOTHING
        low, high = self.low + other.low, self.high + other.high
        return Interval(-inf if math.isnan(low) else low, inf if math.isnan(high) else high)

    def __sub__(self, other: Interval) -> Interval:
        return self + -other

    def __mul__(self, other: Interval) -> Interval:
        return self._corners(other, _product)

    def __truediv__(self, other: Interval) -> Interval:
        """The quotient; of zero and by zero nothing is known."""
        if other.low < 0 < other.high:
            return self / Interval(other.low, -0.0) | self / Interval(0.0, other.high)
        if other.low == other.high == 0:
            return NOTHING
        below = other.high <= 0
        return self._corners(other, lambda a, b: _quotient(a, b, below=below))

    def __or__(self, other: Interval) -> Interval:
        """The smallest one that holds both."""
        if self.is_empty:
            return other
        if other.is_empty:
            return self
        return Interval(min(self.low, other.low), max(self.high, other.high))

    def _corners(self, other: Interval, operation: Callable[[float, float], float]) -> Interval:
        if self.is_empty or other.is_empty:
            return NOTHING
        return around(
            operation(a, b) for a in (self.low, self.high) for b in (other.low, other.high)
        )


EVERYTHING = Interval()
NOTHING = Interval(inf, -inf)


def around(numbers: Iterable[float]) -> Interval:
    """The smallest interval that holds some numbers."""
    found = list(numbers)
    return Interval(min(found), max(found))


def _product(a: float, b: float) -> float:
    return 0.0 if a == 0 or b == 0 else a * b


def _quotient(a: float, b: float, *, below: bool) -> float:
    """The quotient at a corner, where zero stands for the numbers next to it (`below` it)."""
    if a == 0 or math.isinf(b):
        return 0.0
    if b == 0:
        return -math.copysign(inf, a) if below else math.copysign(inf, a)
    return a / b
