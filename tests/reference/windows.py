"""Windows: which observations of a series an aggregate is of, and whether there are enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ptt_rules.language.ir.lengths import Length
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
    """Where a row stands: its step, and the clock and epoch of the run (None: none was told)."""

    step: int
    clock: float | None
    epoch: float | None

    def at(self, measure: Measure) -> float | None:
        named = {Measure.STEPS: self.step, Measure.SECONDS: self.clock, Measure.EPOCHS: self.epoch}
        return named[measure]


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
    if isinstance(window, FirstWindow):
        inside = observations[window.skip : window.skip + window.count]
        return Content(inside, len(inside) == window.count)
    seen, least = _seen(window.before, observations, now), window.least or 1
    match window:
        case LastWindow(count=count):
            inside, least = seen[max(len(seen) - count, 0) :], window.known_from
        case SpanWindow(measure=measure, far_end=far_end):
            inside = [one for one in seen if _is_within(far_end, measure, one.place, now)]
        case AllWindow() | DecayWindow():
            inside = seen
    return Content(inside, len(inside) >= least)


def _seen(
    before: Length | None, observations: Sequence[Observation], now: Place
) -> Sequence[Observation]:
    """Those that there were a number of observations, or a span, ago."""
    if before is None:
        return observations
    if before.measure is Measure.JUDGEMENTS:
        return observations[: max(len(observations) - int(before.amount), 0)]
    here = now.at(before.measure)
    if here is None:
        return []
    return [
        one
        for one in observations
        # what the log told no time of came before all times
        if (there := one.place.at(before.measure)) is None or there <= here - before.amount
    ]


def _is_within(amount: float, measure: Measure, place: Place, now: Place) -> bool:
    """Whether a place is greater than that of the newest row less a span."""
    here, there = now.at(measure), place.at(measure)
    return here is not None and there is not None and there > here - amount
