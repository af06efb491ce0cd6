"""One step in the life of a detector: the same for a row of a run and for a column of a log."""

from __future__ import annotations

from collections.abc import Callable

from ptt_rules.evaluation.compiled import CompiledDetector
from ptt_rules.evaluation.events import Event
from ptt_rules.evaluation.faults import Faults
from ptt_rules.evaluation.lifecycle import Life, Moment
from ptt_rules.evaluation.reactions import Firing, Place
from ptt_rules.evaluation.unjudged import Broken
from ptt_rules.language import Level


class Living:
    """A detector, or one instance of it, as far as its judgements have brought it."""

    __slots__ = ("broken", "compiled", "firing", "has_judged", "life")

    def __init__(self, compiled: CompiledDetector) -> None:
        self.compiled = compiled
        self.life = Life(compiled.detector)
        self.firing: Firing | None = None
        """Set where the newest judgement has left it firing."""
        self.broken: Broken | None = None
        """Set once something failed that it needs: it is off."""
        self.has_judged = False

    @property
    def is_broken(self) -> bool:
        return self.broken is not None

    def step(
        self, worst: Level | None, until: bool | None, now: Moment, place: Callable[[], Place]
    ) -> Event | None:
        """Takes a judgement; the place is asked for where there is an event with its values."""
        compiled, life = self.compiled, self.life
        change = life.judge(worst, until, now)
        event = None
        if change is not None:
            at = place()
            event = compiled.event(change, at.number, at.row, at.value_at)
        level = life.level
        self.firing = (
            None if level is None else Firing(compiled, level, worst, now, life.since_step)
        )
        return event

    def fault_in(self, failures: Faults) -> str | None:
        """What went wrong with an operation that it needs."""
        own = self.compiled.operations
        return next((fault for number, fault in failures.items() if number in own), None)

    def fail(self, fault: str, place: Place) -> Event:
        """Turns it off; the others go on."""
        self.broken = Broken(fault, self.has_judged)
        return self.compiled.broken(place.number, place.row, fault)
