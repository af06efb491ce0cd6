"""A firing as an SVG picture: the curves that a detector reads, since when, and at which level.

The picture has no background and two sets of colours, of which the reader's settings choose, so
that it is readable on light and on dark pages.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from ptt_rules.authoring.tests import Curve, Trace
from ptt_rules.evaluation import Event, EventKind, shown
from ptt_rules.report.svg import cross, pieces, short, thinned, thinned_steps

WIDTH, LEFT, RIGHT = 720, 70, 20
TOP, PANEL, GAP, BOTTOM = 22, 72, 26, 26
MAX_PANELS = 3
_MARGIN = 0.08
_LABEL_WIDTH = 96

STYLE = """\
.ptt text{font:11px system-ui,sans-serif;fill:#57606a}
.ptt .key{font-family:ui-monospace,monospace;fill:#24292f}
.ptt .frame{stroke:#d0d7de;fill:none}
.ptt .curve{stroke:#0969da;fill:none;stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round}
.ptt .broken{stroke:#cf222e;stroke-width:1.5}
.ptt .since{stroke:#57606a;stroke-dasharray:3 3}
.ptt .critical{stroke:#cf222e;fill:#cf222e}
.ptt .high{stroke:#bc4c00;fill:#bc4c00}
.ptt .medium{stroke:#9a6700;fill:#9a6700}
.ptt .low{stroke:#0550ae;fill:#0550ae}
.ptt rect.band{stroke:none;fill-opacity:.13}
.ptt text.told{stroke:none;font-weight:600}
@media (prefers-color-scheme:dark){
.ptt text{fill:#8b949e}
.ptt .key{fill:#e6edf3}
.ptt .frame{stroke:#30363d}
.ptt .curve{stroke:#58a6ff}
.ptt .broken{stroke:#ff7b72}
.ptt .since{stroke:#8b949e}
.ptt .critical{stroke:#ff7b72;fill:#ff7b72}
.ptt .high{stroke:#f0883e;fill:#f0883e}
.ptt .medium{stroke:#d29922;fill:#d29922}
.ptt .low{stroke:#79c0ff;fill:#79c0ff}
}"""
"""Levels come after `text`, so that a label has the colour of its level."""


@dataclass(frozen=True, slots=True)
class _Across:
    """Steps as places from left to right."""

    first: int
    last: int

    def at(self, step: float) -> float:
        share = (step - self.first) / max(1, self.last - self.first)
        return LEFT + min(1.0, max(0.0, share)) * (WIDTH - LEFT - RIGHT)


def trace_svg(trace: Trace) -> str:
    """A picture of a firing."""
    curves = trace.curves[:MAX_PANELS]
    height = TOP + len(curves) * (PANEL + GAP) - GAP + BOTTOM
    across = _Across(trace.steps[0], trace.steps[-1])
    title = escape(f"{trace.events[0].who}: {trace.test}")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ptt" viewBox="0 0 {WIDTH} '
        f'{height + GAP}" role="img">',
        f"<title>{title}</title>",
        f"<style>{STYLE}</style>",
    ]
    bottom = TOP + GAP
    for number, curve in enumerate(curves):
        top = TOP + GAP + number * (PANEL + GAP)
        bottom = top + PANEL
        parts += _marks(trace.events, across, (top, bottom))
        parts += _panel(curve, trace.steps, across, top)
    parts += _labels(trace.events, across)
    parts += _axis(across, bottom)
    return "\n".join([*parts, "</svg>"]) + "\n"


# ---- curves --------------------------------------------------------------------------------


def _panel(curve: Curve, steps: Sequence[int], across: _Across, top: int) -> Iterator[str]:
    pairs = list(zip(steps, curve.values, strict=True))
    known = [(step, float(value)) for step, value in pairs if value is not None]
    finite = [value for _, value in known if math.isfinite(value)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
    extent = high / 2 - low / 2  # halves, so that nothing overflows
    room = extent * _MARGIN or abs(high) * _MARGIN or 1.0

    def place(value: float) -> float:
        share = (value / 2 - low / 2 + room) / (extent + 2 * room)
        return top + PANEL * (1 - share)

    width = WIDTH - LEFT - RIGHT
    yield f'<rect class="frame" x="{LEFT}" y="{top}" width="{width}" height="{PANEL}"/>'
    yield f'<text class="key" x="{LEFT}" y="{top - 6}">{escape(curve.key)}</text>'
    for value in dict.fromkeys((high, low)) if finite else ():
        y = short(place(value) + 4)
        yield f'<text x="{LEFT - 6}" y="{y}" text-anchor="end">{shown(value, ".3g")}</text>'
    for piece in pieces(known):
        points = " ".join(f"{short(across.at(s))},{short(place(v))}" for s, v in thinned(piece))
        yield f'<polyline class="curve" points="{points}"/>'
    broken = [step for step, value in known if not math.isfinite(value)]
    yield from (cross(across.at(step), top + 8) for step in thinned_steps(broken))
    if broken:
        x = short(across.at(broken[0]) - 8)
        yield f'<text x="{x}" y="{top + 12}" text-anchor="end">not finite</text>'


# ---- events --------------------------------------------------------------------------------


def _fired(events: Sequence[Event]) -> Iterator[tuple[Event, int | None]]:
    """Each stretch at one level, and the step at which it ends."""
    for number, event in enumerate(events):
        if event.event.is_finding or event.event is EventKind.EASED:
            later = (e.step for e in events[number + 1 :] if e.event is not EventKind.AGAIN)
            yield event, next(later, None)


def _marks(events: Sequence[Event], across: _Across, ends: tuple[int, int]) -> Iterator[str]:
    top, bottom = ends
    since = events[0].since_step
    for event, until in _fired(events):
        x, end = across.at(event.step), across.at(across.last if until is None else until)
        width = short(max(end - x, 1.0))
        yield (
            f'<rect class="band {event.level.word}" x="{short(x)}" y="{top}" width="{width}" '
            f'height="{bottom - top}"/>'
        )
        yield _upright(x, ends, event.level.word)
    if since is not None and since != events[0].step:
        yield _upright(across.at(since), ends, "since")


def _upright(x: float, ends: tuple[int, int], style: str) -> str:
    return f'<line class="{style}" x1="{short(x)}" x2="{short(x)}" y1="{ends[0]}" y2="{ends[1]}"/>'


def _labels(events: Sequence[Event], across: _Across) -> Iterator[str]:
    """Since when, and each level with its step, above the curves; what has no room is left out."""
    first = events[0]
    free = 0.0
    if first.since_step is not None and first.since_step != first.step:
        x = min(across.at(first.since_step), across.at(first.step) - 4)
        yield f'<text x="{short(x)}" y="{TOP}" text-anchor="end">since {first.since_step}</text>'
    for event, _ in _fired(events):
        x = min(across.at(event.step), WIDTH - RIGHT - _LABEL_WIDTH)
        if x < free:
            continue
        free = x + _LABEL_WIDTH
        text = f"{event.level.word} at {event.step}"
        yield f'<text class="told {event.level.word}" x="{short(x)}" y="{TOP}">{text}</text>'


def _axis(across: _Across, bottom: int) -> Iterator[str]:
    y = bottom + 16
    yield f'<text x="{LEFT}" y="{y}">step {across.first}</text>'
    yield f'<text x="{WIDTH - RIGHT}" y="{y}" text-anchor="end">step {across.last}</text>'
