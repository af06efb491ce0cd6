"""The life of a detector: from what holds at each judgement to events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from ptt_rules.evaluation.events import EventKind
from ptt_rules.language import Level, Measure
from ptt_rules.language.ir import Detector, Length

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Moment:
    """A judgement: its number among those of the detector, and step, clock and epoch of its row."""

    number: int
    step: int
    clock: float | None = None
    epoch: float | None = None

    def at(self, measure: Measure) -> float | None:
        """Where it stands; None if the log has told no time, or no epoch, yet."""
        match measure:
            case Measure.STEPS:
                return self.step
            case Measure.SECONDS:
                return self.clock
            case Measure.EPOCHS:
                return self.epoch
            case Measure.JUDGEMENTS:
                return self.number

    def passed(self, measure: Measure, since: Moment) -> float | None:
        """How many judgements, steps, epochs or seconds lie between; None if that is unknown."""
        here, there = self.at(measure), since.at(measure)
        return None if here is None or there is None else here - there

    def has_passed(self, length: Length, since: Moment) -> bool:
        """Whether so many judgements, steps, epochs or seconds lie between; false if unknown."""
        passed = self.passed(length.measure, since)
        return passed is not None and passed >= length.amount

    def has_held(self, length: Length, since: Moment) -> bool:
        """Whether what began at `since` has held so long, the judgement then counted in."""
        if length.measure is Measure.JUDGEMENTS:
            return self.number - since.number + 1 >= length.amount
        return self.has_passed(length, since)

    def anchored(self, now: Moment) -> Moment:
        """This moment; without a clock it counts from the first judgement that has one, and so
        without an epoch."""
        clock = now.clock if self.clock is None else self.clock
        epoch = now.epoch if self.epoch is None else self.epoch
        if clock == self.clock and epoch == self.epoch:
            return self
        return replace(self, clock=clock, epoch=epoch)

    def to_json(self) -> list[float | None]:
        return [self.number, self.step, self.clock, self.epoch]


def awaited(after: Length, stands: Mapping[Measure, T], rows: T) -> T:
    """What must have reached the amount of `after`, of values or of columns of them.

    `stands` is where a row does, `rows` the number of the row among those at which it would be
    judged.
    """
    return rows if after.is_counted else stands[after.measure]


@dataclass(frozen=True, slots=True)
class Change:
    """What a judgement changed: the event, its level, and since when some level has held."""

    event: EventKind
    level: Level
    since_step: int | None


@dataclass(slots=True)
class Life:
    """State of one detector; `judge` is the table of the language reference, row by row.

    Its last line, `again`, is of what people know: `ptt_rules.evaluation.suppression` has it.
    """

    detector: Detector
    level: Level | None = None
    """The level at which it fires; None while it is idle."""
    held_since: dict[Level, Moment] = field(default_factory=dict)
    fired: Moment | None = None
    worsened: Moment | None = None
    """When it fired or last got worse: `keep` counts from there."""

    @property
    def is_quiet(self) -> bool:
        """Whether a judgement at which no level holds would change nothing."""
        return self.level is None and not self.held_since

    @property
    def is_pending(self) -> bool:
        return self.level is None and bool(self.held_since)

    def is_settled(self, worst: Level | None, until: bool | None) -> bool:
        """Whether more judgements like the one just taken would change nothing."""
        if self._waits_for_a_clock:
            return False
        if self.level is None:
            return not self.held_since
        has_until = self.detector.until is not None
        if worst is not None:
            return worst == self.level or (worst < self.level and has_until)
        return has_until and until is not True

    @property
    def _waits_for_a_clock(self) -> bool:
        """Whether a span of time, or of epochs, began before the log told any."""
        lengths = (*(one.hold for one in self.detector.levels), self.detector.keep)
        measures = {one.measure for one in lengths if one is not None}
        began = [one for one in (*self.held_since.values(), self.worsened) if one is not None]
        return any(since.at(measure) is None for since in began for measure in measures)

    def judge(self, worst: Level | None, until: bool | None, now: Moment) -> Change | None:
        """Takes a judgement: the worst level whose condition is true, and `until`."""
        self._anchor(now)
        for condition in self.detector.levels:
            if worst is not None and condition.level <= worst:
                self.held_since.setdefault(condition.level, now)
            else:
                self.held_since.pop(condition.level, None)
        ripe = self._worst_ripe(now)
        if self.level is None:
            return self._fire(ripe, now)
        if ripe is not None and ripe > self.level:
            self.worsened = now
            return self._enter(EventKind.ESCALATED, ripe)
        if worst is not None:
            eases = worst < self.level and self.detector.until is None and self._was_kept(now)
            return self._enter(EventKind.EASED, worst) if eases else None
        may_end = self.detector.until is None or until is True
        return self._resolve() if may_end and self._was_kept(now) else None

    def _anchor(self, now: Moment) -> None:
        """Spans of time that began before the log told any time begin with the first one."""
        self.fired = self.fired and self.fired.anchored(now)
        self.worsened = self.worsened and self.worsened.anchored(now)
        for level, since in self.held_since.items():
            self.held_since[level] = since.anchored(now)

    def _worst_ripe(self, now: Moment) -> Level | None:
        for one in self.detector.levels:
            since = self.held_since.get(one.level)
            if since is not None and now.has_held(one.hold, since):
                return one.level
        return None

    def _fire(self, ripe: Level | None, now: Moment) -> Change | None:
        if ripe is None:
            return None
        self.fired = self.worsened = now
        return self._enter(EventKind.FIRED, ripe)

    def _was_kept(self, now: Moment) -> bool:
        """Whether it has fired for its `keep` since it fired or last got worse."""
        keep, since = self.detector.keep, self.worsened
        return keep is None or since is None or now.has_passed(keep, since)

    def _resolve(self) -> Change:
        assert self.level is not None
        change = Change(EventKind.RESOLVED, self.level, None)
        self.level = self.fired = self.worsened = None
        return change

    def _enter(self, event: EventKind, level: Level) -> Change:
        self.level = level
        return Change(event, level, self.since_step)

    @property
    def since_step(self) -> int | None:
        """Since when some level has held at every judgement."""
        return min((moment.step for moment in self.held_since.values()), default=None)

    # ---- state -----------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        return {
            "level": self.level.word if self.level else None,
            "held": {level.word: since.to_json() for level, since in self.held_since.items()},
            "fired": self.fired and self.fired.to_json(),
            "worsened": self.worsened and self.worsened.to_json(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.level = Level.of(state["level"]) if state["level"] else None
        self.held_since = {Level.of(word): Moment(*since) for word, since in state["held"].items()}
        self.fired = Moment(*state["fired"]) if state["fired"] else None
        self.worsened = Moment(*state["worsened"]) if state["worsened"] else None
