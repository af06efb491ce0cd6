"""Steps as places from left to right, and values as heights."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

_MARGIN = 0.08
"""Share of a plot above the greatest and below the least value."""


@dataclass(frozen=True, slots=True)
class Across:
    """Steps `first` to `last` between two places; what lies outside is drawn at the end."""

    left: float
    right: float
    last: int
    first: int = 0

    def at(self, step: float) -> float:
        share = (step - self.first) / max(1, self.last - self.first)
        return self.left + min(1.0, max(0.0, share)) * (self.right - self.left)

    def width(self, first: float, last: float, *, least: float = 1.5) -> float:
        return max(least, self.at(last) - self.at(first))


@dataclass(frozen=True, slots=True)
class Extent:
    """The least and the greatest of the finite values of a series; both 0 if there is none."""

    low: float = 0.0
    high: float = 0.0

    @classmethod
    def of(cls, values: Iterable[float]) -> Extent:
        finite = [value for value in values if math.isfinite(value)]
        return cls(min(finite), max(finite)) if finite else cls()

    def height(self, value: float, top: float, bottom: float) -> float:
        """Where a value is drawn: between `bottom` and `top`, with a margin."""
        extent = self.high / 2 - self.low / 2  # halves, so that nothing overflows
        room = extent * _MARGIN or abs(self.high) * _MARGIN or 1.0
        share = (value / 2 - self.low / 2 + room) / (extent + 2 * room)
        return bottom - (bottom - top) * share
