"""How far a share of few prompts is from the one of all prompts."""

from __future__ import annotations

from math import sqrt

_Z = 1.959963984540054


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95% interval of a share, all of 0 to 1 for a share of none.

    Source: Wilson 1927, without continuity correction
    """
    if not count:
        return 0.0, 1.0
    share, spread = hits / count, _Z * _Z / count
    centre = (share + spread / 2) / (1 + spread)
    half = _Z * sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)
