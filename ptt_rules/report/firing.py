"""A firing as a drawing: the curves that a detector reads, since when, and at which level.

The drawing has no background and two sets of colours, of which the reader's settings choose, so
that it is readable on light and on dark pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ptt_rules.authoring.tests import Curve, Trace
from ptt_rules.evaluation import Event, EventKind
from ptt_rules.report.chart import (
    Across,
    Drawing,
    Extent,
    Plot,
    axis,
    band,
    ends,
    fitting,
    room_for,
    upright,
)
from ptt_rules.report.markup import Html, tag

WIDTH, LEFT, RIGHT = 720, 70, 20
TOP, PLOT, GAP, BOTTOM = 48, 72, 26, 26
LABEL_Y = 22
MAX_PLOTS = 3
_LABEL_WIDTH = 96


def firing_drawing(trace: Trace) -> Drawing:
    """The curves of a firing below each other, with its levels over all of them."""
    curves = [(one.key, _known(one, trace.steps)) for one in trace.curves[:MAX_PLOTS]]
    rooms = [room_for(ends(Extent.of(value for _, value in known))) for _, known in curves]
    across = Across(max([LEFT, *rooms]), WIDTH - RIGHT, trace.steps[-1], trace.steps[0])
    parts: list[Html] = []
    bottom = TOP
    for number, (key, known) in enumerate(curves):
        top = TOP + number * (PLOT + GAP)
        bottom = top + PLOT
        plot = Plot(across, top, bottom)
        name = fitting(key, across.right - across.left)
        head = tag("text", name, css="key", x=across.left, y=top - 6)
        parts += [*_marks(trace.events, plot), head, *plot.curve(known)]
    parts += _labels(trace.events, across)
    parts += axis(across, bottom + 16, (trace.steps[0], trace.steps[-1]), word="step ")
    about = f"{trace.events[0].who}: {trace.test}"
    return Drawing(WIDTH, bottom + BOTTOM, about, tuple(parts))


def _known(curve: Curve, steps: Sequence[int]) -> list[tuple[int, float]]:
    pairs = zip(steps, curve.values, strict=True)
    return [(step, float(value)) for step, value in pairs if value is not None]


# ---- events --------------------------------------------------------------------------------


def _fired(events: Sequence[Event]) -> Iterator[tuple[Event, int | None]]:
    """Each stretch at one level, and the step at which it ends."""
    for number, event in enumerate(events):
        if event.event.is_finding or event.event is EventKind.EASED:
            later = (e.step for e in events[number + 1 :] if e.event is not EventKind.AGAIN)
            yield event, next(later, None)


def _marks(events: Sequence[Event], plot: Plot) -> Iterator[Html]:
    across, since = plot.across, events[0].since_step
    for event, until in _fired(events):
        stretch = (event.step, across.last if until is None else until)
        yield band(across, stretch, plot.ends, f"band {event.level.word}", "")
        yield upright(across.at(event.step), plot.ends, event.level.word)
    if since is not None and since != events[0].step:
        yield upright(across.at(since), plot.ends, "since")


def _labels(events: Sequence[Event], across: Across) -> Iterator[Html]:
    """Since when, and each level with its step, above the curves; what has no room is left out."""
    first = events[0]
    if first.since_step is not None and first.since_step != first.step:
        text = f"since {first.since_step}"
        x = min(across.at(first.since_step), across.at(first.step) - 4)
        yield tag("text", text, x=max(x, room_for([text])), y=LABEL_Y, text_anchor="end")
    free = 0.0
    for event, _ in _fired(events):
        text = f"{event.level.word} at {event.step}"
        width = max(_LABEL_WIDTH, room_for([text]))
        x = min(across.at(event.step), WIDTH - RIGHT - width)
        if x >= free:
            yield tag("text", text, css=f"level {event.level.word}", x=x, y=LABEL_Y)
            free = x + width
