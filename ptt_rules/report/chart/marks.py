"""Marks of events: uprights, bands over time, bars of a lane, diamonds at a step."""

from __future__ import annotations

from ptt_rules.report.chart.scale import Across
from ptt_rules.report.markup import Html, tag


def band(
    across: Across, steps: tuple[float, float], ends: tuple[float, float], style: str, about: str
) -> Html:
    """A stretch of steps over the whole height of a plot."""
    (first, last), (top, bottom) = steps, ends
    width = across.width(first, last)
    return _told("rect", about, css=style, x=across.at(first), y=top, width=width,
                 height=bottom - top)  # fmt: skip


def bar(across: Across, steps: tuple[int, int], middle: float, style: str, about: str) -> Html:
    """A stretch of steps in a lane, thinner for what was before."""
    first, last = steps
    height = 6.0 if "before" in style else 12.0
    width = across.width(first, last, least=3)
    return _told("rect", about, css=style, x=across.at(first), y=middle - height / 2,
                 width=width, height=height, rx=2)  # fmt: skip


def upright(x: float, ends: tuple[float, float], style: str) -> Html:
    return tag("line", css=style, x1=x, x2=x, y1=ends[0], y2=ends[1])


def diamond(x: float, middle: float, style: str, about: str) -> Html:
    path = f"M{x:.1f} {middle - 6:.1f}l6 6l-6 6l-6 -6z"
    return _told("path", about, css=style, d=path)


def _told(name: str, about: str, *, css: str, **attributes: object) -> Html:
    """A mark that says what it is where a reader points at it."""
    return tag(name, tag("title", about) if about else None, css=css, **attributes)
