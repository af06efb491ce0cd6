"""Windows: which observations of a series an aggregate is of, and whether there are enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ptt_rules.language.ir.windows import (
    AllWindow,
    DecayWindow,
    FirstWindow,
    LastWindow,
    SpanWindow,
    Window,
)
from ptt_rules.language.types import Measure


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: its step, and the clock of the run (None: no time was told yet)."""

    step: int
    clock: float | None


@dataclass(frozen=True, slots=True)
class Observation:
    """What was observed, and where: the numbers of one series or two, or a truth."""

    place: Place
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """The observations in a window; `is_full` if there are as many as it waits for."""

    observations: Sequence[Observation]
    is_full: bool


def cut(window: Window, observations: Sequence[Observation], now: Place) -> Content:
    """What of all observations so far is in a window, at a row."""
    match window:
        case LastWindow(count=count, before=before):
            end = max(len(observations) - before, 0)
            inside = observations[max(end - count, 0) : end]
            return Content(inside, len(inside) >= window.known_from)
        case FirstWindow(count=count, skip=skip):
            inside = observations[skip : skip + count]
            return Content(inside, len(inside) == count)
        case SpanWindow(amount=amount, measure=measure):
            inside = [one for one in observations if _is_within(amount, measure, one.place, now)]
            return Content(inside, len(inside) >= 1)
        case AllWindow() | DecayWindow():
            return Content(observations, len(observations) >= 1)


def _is_within(amount: float, measure: Measure, place: Place, now: Place) -> bool:
    """Whether a place is greater than that of the newest row less a span."""
    if measure is Measure.STEPS:
        return place.step > now.step - amount
    return now.clock is not None and place.clock is not None and place.clock > now.clock - amount
