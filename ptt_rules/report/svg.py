"""Curves as SVG: where they are broken, and how many points of them are drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby

MAX_POINTS = 400
"""Points of a curve; of more the smallest and the greatest of each piece are drawn."""


def pieces(known: Sequence[tuple[int, float]]) -> Iterator[list[tuple[float, float]]]:
    """The points between those that are not finite; a single one is a short line."""
    for is_finite, points in groupby(known, key=lambda point: math.isfinite(point[1])):
        piece = list(points)
        if is_finite and len(piece) == 1:
            ((step, value),) = piece
            yield [(step - 0.4, value), (step + 0.4, value)]
        elif is_finite:
            yield [(float(step), value) for step, value in piece]


def thinned(piece: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    if len(piece) <= MAX_POINTS:
        yield from piece
        return
    size = math.ceil(2 * len(piece) / MAX_POINTS)
    for start in range(0, len(piece), size):
        bucket = piece[start : start + size]
        ends = {min(bucket, key=lambda point: point[1]), max(bucket, key=lambda point: point[1])}
        yield from sorted(ends)


def thinned_steps(steps: Sequence[int]) -> Sequence[int]:
    return steps[:: max(1, math.ceil(len(steps) / 40))]


def cross(x: float, y: float) -> str:
    left, right = short(x - 3), short(x + 3)
    up, down = short(y - 3), short(y + 3)
    return f'<path class="broken" d="M{left} {up}L{right} {down}M{left} {down}L{right} {up}"/>'


def short(number: float) -> str:
    """A coordinate with one digit at most."""
    return f"{number:.1f}".removesuffix(".0")
