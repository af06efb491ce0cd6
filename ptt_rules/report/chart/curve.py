"""A curve in its frame: where it is broken, and how many points of it are drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ptt_rules.report.chart.scale import Across, Extent
from ptt_rules.report.chart.ticks import CHAR, ends, value_axis
from ptt_rules.report.markup import Html, tag

MAX_POINTS = 400
"""Points of a curve; of more the smallest and the greatest of each piece are drawn."""
MAX_CROSSES = 40
SPARSE = 40
"""Values up to which each is marked by a dot, where dots are wanted."""
_BROKEN = "not finite"

_Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Plot:
    """A frame for values over steps."""

    across: Across
    top: float
    bottom: float
    has_dots: bool = False

    @property
    def ends(self) -> tuple[float, float]:
        return self.top, self.bottom

    def frame(self) -> Html:
        left, right = self.across.left, self.across.right
        height = self.bottom - self.top
        return tag("rect", css="frame", x=left, y=self.top, width=right - left, height=height)

    def curve(self, known: Sequence[tuple[int, float]]) -> Iterator[Html]:
        """The frame, the ends of its axis, the curve, and crosses where it is not finite."""
        extent = Extent.of(value for _, value in known)
        yield self.frame()
        if any(math.isfinite(value) for _, value in known):
            labels = ends(extent)
            yield from value_axis(
                labels, self.across.left, [self._height(extent, one) for one in labels.values()]
            )
        for piece in _pieces(known):
            places = [(self.across.at(s), self._height(extent, v)) for s, v in _thinned(piece)]
            yield tag("polyline", css="curve", points=" ".join(map(_pair, places)))
            if self.has_dots and len(known) <= SPARSE:
                yield from (tag("circle", css="dot", cx=x, cy=y, r=2) for x, y in places)
        yield from self._broken([step for step, value in known if not math.isfinite(value)])

    def _height(self, extent: Extent, value: float) -> float:
        return extent.height(value, self.top, self.bottom)

    def _broken(self, steps: Sequence[int]) -> Iterator[Html]:
        if not steps:
            return
        places = [self.across.at(step) for step in steps[:: math.ceil(len(steps) / MAX_CROSSES)]]
        yield from (_cross(x, self.top + 8) for x in places)
        has_room = places[0] - 8 - len(_BROKEN) * CHAR >= self.across.left
        if has_room:
            yield tag("text", _BROKEN, x=places[0] - 8, y=self.top + 12, text_anchor="end")
        else:
            yield tag("text", _BROKEN, x=self.across.left + 4, y=self.top + 26)


def _pieces(known: Sequence[tuple[int, float]]) -> Iterator[list[_Point]]:
    """The points between those that are not finite; a single one is a short line."""
    for is_finite, points in groupby(known, key=lambda point: math.isfinite(point[1])):
        piece = list(points)
        if is_finite and len(piece) == 1:
            ((step, value),) = piece
            yield [(step - 0.4, value), (step + 0.4, value)]
        elif is_finite:
            yield [(float(step), value) for step, value in piece]


def _thinned(piece: list[_Point]) -> Iterator[_Point]:
    if len(piece) <= MAX_POINTS:
        yield from piece
        return
    size = math.ceil(2 * len(piece) / MAX_POINTS)
    for start in range(0, len(piece), size):
        bucket = piece[start : start + size]
        least_and_most = {min(bucket, key=_value), max(bucket, key=_value)}
        yield from sorted(least_and_most)


def _value(point: _Point) -> float:
    return point[1]


def _pair(place: _Point) -> str:
    return ",".join(f"{number:.1f}".removesuffix(".0") for number in place)


def _cross(x: float, y: float) -> Html:
    return tag("path", css="broken", d=f"M{x - 3:.1f} {y - 3:.1f}l6 6m-6 0l6 -6")
