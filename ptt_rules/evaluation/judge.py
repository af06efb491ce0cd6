"""One detector, or one instance of it, in a live run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any

from ptt_rules.evaluation.attendance import AWAKE, Attendance
from ptt_rules.evaluation.compiled import CompiledDetector
from ptt_rules.evaluation.events import Event
from ptt_rules.evaluation.faults import fault_of
from ptt_rules.evaluation.lacks import Evidence
from ptt_rules.evaluation.lifecycle import Moment
from ptt_rules.evaluation.living import Living
from ptt_rules.evaluation.reactions import Place
from ptt_rules.evaluation.row import STAMPS, LiveProgram, Now
from ptt_rules.evaluation.unjudged import Broken, reason_of
from ptt_rules.logs import Row


class Status(Enum):
    BLIND = "blind"
    UNKNOWN = "unknown"
    WARMING = "warming"
    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"
    BROKEN = "broken"


class Judge(Living):
    """Judges one detector row by row.

    `firing` is set where the newest row that it was called up for was judged and it fires.
    """

    __slots__ = (
        *("_before", "_calls", "_exists", "_family", "_is_past", "_levels", "_place"),
        "_was_known",
    )

    def __init__(self, compiled: CompiledDetector, place: int) -> None:
        super().__init__(compiled)
        self._place = place
        """Where the attendance counts its judgements."""
        self._before = 0
        """How many of them are of rows before its instance began."""
        self._was_known = False
        self._is_past = False
        self._exists = compiled.family is None
        self._family = compiled.family or 0
        self._calls, self._levels = compiled.calls, compiled.levels

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
        if self._is_past and self.life.is_quiet and self.broken is None:
            return False if self._was_known else None
        return AWAKE

    def is_judged(self, values: Sequence[Any]) -> bool:
        """Whether a row is judged, and not only looked at."""
        return self._is_past and self.broken is None and self._is_there(values)

    def judgements(self, attendance: Attendance) -> int:
        """At how many rows it was due."""
        return attendance.counts[self._place] - self._before if self._exists else 0

    def is_due_at(self, values: Sequence[Any]) -> bool:
        """Whether a row that it was called up for is one at which it is judged, broken or not."""
        return self._is_past and self._is_there(values)

    def _is_there(self, values: Sequence[Any]) -> bool:
        for call in self._calls:
            if values[call] is not None:
                return True
        return not self._calls

    def judge(
        self, program: LiveProgram, attendance: Attendance, number: int, row: Row
    ) -> Event | None:
        self.firing = None
        if self.broken is not None:
            return None

        def place() -> Place:
            return Place(number, row, program.values.__getitem__)

        fault = self.fault_in(program.failures) if program.failures else None
        if fault is not None:
            return self.fail(fault, place())
        try:
            return self._judge(program, attendance, place)
        except Exception as error:  # told as an event, the other detectors go on
            return self.fail(fault_of(error), place())

    def _judge(
        self, program: LiveProgram, attendance: Attendance, place: Callable[[], Place]
    ) -> Event | None:
        values = program.values
        if not self._exists and values[self._family] is not None:
            self._exists = True
            self._before = attendance.counts[self._place] - self._is_there(values)
        if not self._is_there(values):
            return None
        # steps, clock and counts never fall: what is past stays past
        if not self._is_past:
            rows = self.judgements(attendance)
            self._is_past = self._exists and _is_past(self.compiled, program.now, rows)
            if not self._is_past:
                return None
        worst, self._was_known = None, False
        for level, truth in self._levels:
            value = values[truth]
            if value is not None:
                self._was_known = self.has_judged = True
                if value:
                    worst = level
                    break
        if worst is None and self.life.is_quiet:
            return None
        until = None if self.compiled.until is None else values[self.compiled.until]
        now = Moment(attendance.counts[self._place], *program.now[:3])
        return self.step(worst, until, now, place)

    def status(self, attendance: Attendance, evidence: Evidence) -> Status:
        if self.broken is not None:
            return Status.BROKEN
        if self.life.level is not None:
            return Status.FIRING
        if any(attendance.seen(column) == 0 for column in self.compiled.needs):
            return Status.BLIND
        if self.life.is_pending:
            return Status.PENDING
        if self._was_known:
            return Status.OK
        reason = reason_of(self.compiled, evidence, self.judgements(attendance))
        return Status(reason.value)

    # ---- state -----------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        return {
            "life": self.life.state(),
            "broken": self.broken and self.broken.fault,
            "known": self._was_known,
            "judged": self.has_judged,
            "exists": self._exists,
            "before": self._before,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self.life.restore(state["life"])
        self._was_known, self.has_judged = state["known"], state["judged"]
        fault = state["broken"]
        self.broken = None if fault is None else Broken(str(fault), self.has_judged)
        self._exists, self._before = state["exists"], state["before"]


class Off(Judge):
    """Holds the place of an instance that is disabled."""

    __slots__ = ()

    @property
    def exists(self) -> bool:
        return False

    def is_judged(self, values: Sequence[Any]) -> bool:
        return False

    def judge(
        self, program: LiveProgram, attendance: Attendance, number: int, row: Row
    ) -> Event | None:
        return None


def _is_past(compiled: CompiledDetector, now: Now, rows: int) -> bool:
    """Whether `after` is over: the step, the time, the epoch, or the row is reached."""
    after = compiled.detector.after
    if after is None:
        return True
    reached = rows if after.is_counted else STAMPS[after.measure](now)
    return reached is not None and reached >= after.amount
