"""One detector, or one instance of it, in a live run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from ptt_rules.evaluation.attendance import AWAKE, Attendance
from ptt_rules.evaluation.compiled import CompiledDetector
from ptt_rules.evaluation.events import Event
from ptt_rules.evaluation.faults import Faults, fault_of
from ptt_rules.evaluation.lacks import Evidence
from ptt_rules.evaluation.lifecycle import Life, Moment
from ptt_rules.evaluation.reactions import Firing
from ptt_rules.evaluation.row import LiveProgram
from ptt_rules.evaluation.unjudged import Broken, is_unknown
from ptt_rules.language import Level, Measure
from ptt_rules.logs import Row


class Status(Enum):
    BLIND = "blind"
    UNKNOWN = "unknown"
    WARMING = "warming"
    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"
    BROKEN = "broken"


class Judge:
    """Judges one detector row by row."""

    __slots__ = (
        "_columns", "_exists", "_family", "_has_judged", "_is_past", "_levels", "_life", "_place",
        "_was_known", "broken", "compiled", "firing",
    )  # fmt: skip

    def __init__(self, compiled: CompiledDetector, place: int) -> None:
        self.compiled = compiled
        self.firing: Firing | None = None
        """Set where the newest row that it was called up for was judged and it fires."""
        self.broken: Broken | None = None
        """Set once something failed that it needs: it is off."""
        self._place = place
        """Where the attendance counts its judgements."""
        self._life = Life(compiled.detector)
        self._was_known = False
        self._has_judged = False
        self._is_past = False
        self._exists = compiled.family is None
        self._family = compiled.family or 0
        self._columns, self._levels = compiled.columns, compiled.levels

    @property
    def name(self) -> str:
        return self.compiled.name

    @property
    def exists(self) -> bool:
        """Whether the instance has appeared; a detector of no family is always there."""
        return self._exists or self.broken is not None

    @property
    def idle(self) -> object:
        """What all its conditions are at a row that would change nothing."""
        if self._is_past and self._life.is_quiet and self.broken is None:
            return False if self._was_known else None
        return AWAKE

    def is_judged(self, values: Sequence[Any]) -> bool:
        """Whether a row is judged, and not only looked at."""
        return self._is_past and self.broken is None and self._is_there(values)

    def _is_there(self, values: Sequence[Any]) -> bool:
        for column in self._columns:
            if values[column] is not None:
                return True
        return not self._columns

    def judge(
        self, program: LiveProgram, attendance: Attendance, number: int, row: Row
    ) -> Event | None:
        self.firing = None
        if self.broken is not None:
            return None
        fault = self._own_fault(program.failures) if program.failures else None
        if fault is not None:
            return self._broken(fault, number, row)
        try:
            return self._judge(program, attendance, number, row)
        except Exception as error:  # told as an event, the other detectors go on
            return self._broken(fault_of(error), number, row)

    def _judge(
        self, program: LiveProgram, attendance: Attendance, number: int, row: Row
    ) -> Event | None:
        values = program.values
        if not self._exists:
            self._exists = values[self._family] is not None
        if not self._is_there(values):
            return None
        # steps, clock and counts never fall: what is past stays past
        if not self._is_past:
            clock = program.now.clock
            self._is_past = self._exists and is_past(self.compiled, attendance, row.step, clock)
            if not self._is_past:
                return None
        worst, self._was_known = None, False
        for level, truth in self._levels:
            value = values[truth]
            if value is not None:
                self._was_known = self._has_judged = True
                if value:
                    worst = level
                    break
        if worst is None and self._life.is_quiet:
            return None
        now = Moment(attendance.counts[self._place], row.step, program.now.clock)
        return self._changed(worst, now, values, number, row)

    def _changed(
        self, worst: Level | None, now: Moment, values: Sequence[Any], number: int, row: Row
    ) -> Event | None:
        """What a judgement changes where a level holds, or has held."""
        compiled = self.compiled
        until = None if compiled.until is None else values[compiled.until]
        change = self._life.judge(worst, until, now)
        if self._life.level is not None:
            self.firing = Firing(compiled, self._life.level, now, self._life.since_step)
        if change is None:
            return None
        return compiled.event(change, number, row, values.__getitem__)

    def _own_fault(self, failures: Faults) -> str | None:
        """What went wrong with an operation that it needs."""
        own = self.compiled.operations
        return next((fault for number, fault in failures.items() if number in own), None)

    def _broken(self, fault: str, number: int, row: Row) -> Event:
        self.broken = Broken(fault, self._has_judged)
        return self.compiled.broken(number, row, fault)

    def status(self, attendance: Attendance, evidence: Evidence) -> Status:
        if self.broken is not None:
            return Status.BROKEN
        if self._life.level is not None:
            return Status.FIRING
        if any(attendance.seen(column) == 0 for column in self.compiled.columns):
            return Status.BLIND
        if self._life.is_pending:
            return Status.PENDING
        if self._was_known:
            return Status.OK
        return Status.UNKNOWN if is_unknown(self.compiled, evidence) else Status.WARMING

    # ---- state -----------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        return {
            "life": self._life.state(),
            "broken": self.broken and self.broken.fault,
            "known": self._was_known,
            "judged": self._has_judged,
            "exists": self._exists,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._life.restore(state["life"])
        self._was_known, self._has_judged = state["known"], state["judged"]
        fault = state["broken"]
        self.broken = None if fault is None else Broken(str(fault), self._has_judged)
        self._exists = state["exists"]


def is_past(
    compiled: CompiledDetector, attendance: Attendance, step: int, clock: float | None
) -> bool:
    """Whether `after` is over: step or time is reached, or each metric was seen often enough."""
    after = compiled.detector.after
    if after is None:
        return True
    match after.measure:
        case Measure.STEPS:
            return step >= after.amount
        case Measure.SECONDS:
            return clock is not None and clock >= after.amount
        case Measure.JUDGEMENTS:
            return all(attendance.seen(column) >= after.amount for column in compiled.columns)
