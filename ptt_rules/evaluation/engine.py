"""The live engine: takes the rows of a run one by one and tells what changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ptt_rules.logs
from ptt_rules.border import described, plain_data
from ptt_rules.evaluation.answers import Answers
from ptt_rules.evaluation.attendance import Attendance
from ptt_rules.evaluation.compiled import CompiledDetector, CompiledPack
from ptt_rules.evaluation.events import Action, Event
from ptt_rules.evaluation.families import Families, all_crowded
from ptt_rules.evaluation.faults import fault_of
from ptt_rules.evaluation.given import why_unknown
from ptt_rules.evaluation.instances import Awake, Instances
from ptt_rules.evaluation.judge import Judge, Status
from ptt_rules.evaluation.reactions import Place, PolicyRun
from ptt_rules.evaluation.row import STAMPS, Crowded, LiveProgram, Stream
from ptt_rules.evaluation.suppression import Suppression
from ptt_rules.evaluation.unjudged import Reach, Unjudged, reach_of
from ptt_rules.language import Measure, PttError
from ptt_rules.language.ir import Given
from ptt_rules.language.passes import Program
from ptt_rules.logs import NOTHING_KNOWN, Row, RunContext, Siblings, read_row

STATE_VERSION = 11
FRAME_ROWS = 10_000
"""Rows that an engine keeps to be looked at: what it holds does not grow with the run."""

MOST_UNREADABLE = 1_000
"""Keys without numbers that are counted; keys that are made of data have no end."""

if TYPE_CHECKING:
    import polars as pl

NOBODY = Awake()
"""The instances that are awake where there are no families."""


@dataclass(frozen=True, slots=True)
class _Past:
    """What the rows so far have made known."""

    live: LiveProgram
    attendance: Attendance

    @property
    def program(self) -> Program:
        return self.live.grown

    def rows_with(self, operation: int) -> float:
        return self.attendance.seen(operation)

    def is_known(self, operation: int) -> bool:
        return self.live.is_known(operation)

    def observations(self, stream: Stream) -> float:
        return self.live.observations(stream)

    def why_unknown(self, node: Given) -> str | None:
        return why_unknown(node, self.live.context)

    @property
    def siblings(self) -> Siblings:
        return self.live.context.siblings

    @property
    def has_end(self) -> bool:
        return self.live.context.max_steps is not None

    def stands(self, measure: Measure) -> float | None:
        return STAMPS[measure](self.live.now)


class Engine:
    """Judges the rows of one run as they come.

    Cost: time and memory for a row do not grow with the run, except for windows of spans,
          which hold what falls in the span, and with the instances of families
    """

    def __init__(
        self,
        compiled: CompiledPack,
        context: RunContext = NOTHING_KNOWN,
        state: Mapping[str, Any] | None = None,
    ) -> None:
        self._compiled = compiled
        self._families = Families(compiled)
        self._program = LiveProgram(compiled.program, context)
        self._last_stage = compiled.program.last_stage
        self._attendance = Attendance(compiled.program.stage_of)
        self._answers = Answers(compiled.program)
        self._past = _Past(self._program, self._attendance)
        self._instances = Instances(
            self._families, compiled.program, self._program, self._attendance, self._answers
        )
        for one in compiled.judging:  # families without an instance too: `reach` tells of them
            self._attendance.watch(one)
        self._judges: list[Judge] = []
        self.called: list[Judge] = []
        """The detectors that had more to do at the newest row than to count it."""
        self._enlist(one for one in compiled.detectors if not one.is_template)
        self._policy = PolicyRun(compiled.policy)
        self._suppression = Suppression(compiled)
        self._rows = 0
        self._is_stopped = False
        """Whether the policy ended the run, and no row has marked a resume since."""
        self._after_stop = 0
        self._newest: deque[Row] = deque(maxlen=FRAME_ROWS)
        self._step = 0
        self._failures = 0
        self.actions: list[Action] = []
        """What the policy decided at the newest row, in the order of carrying out."""
        self.unreadable: dict[str, int] = {}
        """Keys whose values were not numbers, with the number of rows."""
        if state is not None:
            self._go_on_from(state)

    @property
    def rows(self) -> int:
        """Number of rows of the log so far, those too that came after a `stop`."""
        return self._rows

    @property
    def after_stop(self) -> int:
        """Number of rows that were not judged, as they came after a `stop`."""
        return self._after_stop

    @property
    def has_judged(self) -> bool:
        """Whether it judged the newest row, if there is one: no `stop` came before."""
        return not self._is_stopped or bool(self.actions)

    def observe(self, logs: Mapping[str, Any]) -> list[Event]:
        """Judges a log event, with keys as logged; events in the order of the event format.

        After a `stop` of the policy nothing is judged, nor seen, up to the row that marks a resume.

        Errors: PTT501 if the row has no step or its step falls; nothing is judged then
        """
        return self.judge(read_row(logs))

    def judge(self, row: Row) -> list[Event]:
        """As `observe`, of a log event that was read already."""
        self._check_step(row)
        if self._is_stopped and not row.resumed:
            return self._pass_over()
        self._is_stopped = False
        for key in row.unreadable:
            if key in self.unreadable or len(self.unreadable) < MOST_UNREADABLE:
                self.unreadable[key] = self.unreadable.get(key, 0) + 1
        awake = NOBODY
        if self._families:
            awake, begun = self._instances.of(row.values, self._rows)
            self._begin(begun)
        self._program.advance(row, awake.programs)
        self._newest.append(row)
        events = self._events(row, awake)
        self._rows += 1
        if self.actions:
            self._is_stopped = any(one.ends_run for one in self.actions)
        return events

    def _pass_over(self) -> list[Event]:
        """A row after a `stop`: it counts as one of the log, and nothing else knows of it."""
        self._rows += 1
        self._after_stop += 1
        self.actions, self.called = [], []
        return []

    def _events(self, row: Row, awake: Awake) -> list[Event]:
        program = self._program
        is_failing = len(program.failures) > self._failures
        self.called, found = self._stage(row, awake, 0, is_failing)
        # what asks whether detectors fire is computed, and judged, after these
        for stage in range(1, self._last_stage + 1):
            self._answers.answer(program.values, stage)
            program.go_on(row, awake.programs, stage)
            is_failing = is_failing or len(program.failures) > self._failures
            called, more = self._stage(row, awake, stage, is_failing)
            self.called += called
            found += more
        self._failures = len(program.failures)
        firings = [judge.firing for judge in self.called if judge.firing is not None]
        failures = program.failures
        if not firings and not found and not failures:
            self.actions = []
            return found
        place = Place(self._rows, row, program.values.__getitem__)
        events = self._suppression.settle(found, firings, place)
        self.actions = self._policy.react(firings, events, place, failures)
        return events

    def _stage(
        self, row: Row, awake: Awake, stage: int, is_failing: bool
    ) -> tuple[list[Judge], list[Event]]:
        """The detectors of a stage that have more to do than to count, and what they found."""
        program, attendance = self._program, self._attendance
        due = attendance.due(program.values, awake.rolls, stage)
        if is_failing:
            due = [n for n, one in enumerate(self._judges) if one.compiled.stage == stage]
        called = [self._judges[number] for number in due]
        found = []
        for number, judge in zip(due, called, strict=True):
            event = judge.judge(program, attendance, self._rows, row)
            attendance.idle[number] = judge.idle
            if event is not None:
                found.append(event)
        return called, found

    def _enlist(self, detectors: Iterable[CompiledDetector]) -> None:
        self._begin([Judge(one, self._attendance.add(one)) for one in detectors])

    def _begin(self, judges: Iterable[Judge]) -> None:
        """Detectors, or instances of them, that are judged from now on."""
        begun = [*judges]
        self._judges += begun
        if self._last_stage:
            self._answers.enlist(begun)

    def _check_step(self, row: Row) -> None:
        if row.step < self._step:
            raise PttError.of(
                "PTT501",
                f"step {row.step} follows step {self._step}: the steps of a run never fall",
                hint="after a resume, go on from the engine state of that checkpoint",
            )
        self._step = row.step

    # ---- what it knows ---------------------------------------------------------------------

    def value(self, operation: int) -> float | bool | None:
        """What an operation of the program is at the newest row judged; None: unknown."""
        value: float | bool | None = self._program.values[operation]
        return value

    def judged(self) -> Iterator[Judge]:
        """The detectors, and instances of them, that were judged at the newest row."""
        values, judges = self._program.values, self._judges if self.has_judged else ()
        return (judge for judge in judges if judge.is_judged(values))

    @property
    def frame(self) -> pl.DataFrame:
        """The metric frame of the rows that this engine has judged: of the newest 10,000.

        Cost: the rows are kept as they came, some 3 KiB for one of 40 metrics; the frame is made
              when it is asked for. It is no part of the state: an engine that goes on from one
              begins with the rows that it is given.
        """
        return ptt_rules.logs.frame_of(row.logged for row in self._newest).frame

    @property
    def reactions_run(self) -> Mapping[int, int]:
        """How often each reaction of the policy has run, by its place in the policy."""
        return self._policy.times

    @property
    def hyperparameters(self) -> Mapping[str, float]:
        """What the policy has set hyper-parameters to, by their names."""
        return self._policy.hyperparameters

    @property
    def reactions_off(self) -> Mapping[str, str]:
        """What failed of each `set`, and of each reaction of the policy, that is off."""
        return self._policy.off

    def statuses(self) -> dict[str, Status]:
        """The status of each detector by its qualified name, and of instances behind it."""
        there = [judge for judge in self._judges if judge.exists]
        statuses = {judge.name: judge.status(self._attendance, self._past) for judge in there}
        judged = {judge.compiled.detector.qualified for judge in there}
        for one in self._compiled.detectors:
            if one.detector.qualified not in judged:
                statuses[one.name] = Status.BLIND
        return statuses

    def reach(self) -> Reach:
        """How much of the pack could judge so far, by the operands of its conditions."""
        present = ((judge.compiled, judge.broken) for judge in self._judges if judge.exists)
        due = {judge.compiled.who: judge.judgements(self._attendance) for judge in self._judges}

        def judgements(one: CompiledDetector) -> float:
            return due.get(one.who, 0)

        return reach_of(self._compiled, present, self._past, judgements, self._rows)

    def unjudged(self) -> list[Unjudged]:
        """Detectors that could not judge so far, or only in part, each with what it lacks."""
        return [*self.reach().unjudged]

    def crowded(self) -> list[Crowded]:
        """Families with more instances than are judged."""
        return list(all_crowded(self._families, self._program.crowded()))

    # ---- state -----------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """All that the next rows depend on, as JSON has it."""
        return {
            "version": STATE_VERSION,
            "digest": self._compiled.digest,
            "rows": self._rows,
            "stopped": self._is_stopped,
            "after_stop": self._after_stop,
            "step": self._step,
            "families": self._families.state(),
            "counts": self._attendance.counts,
            "program": self._program.state(),
            "judges": [judge.state() for judge in self._judges],
            "suppression": self._suppression.state(),
            "policy": self._policy.state(),
            "unreadable": dict(self.unreadable),
        }

    def _go_on_from(self, state: Mapping[str, Any]) -> None:
        """Errors: PTT503 for a state of other rules, and for one that is damaged"""
        try:
            self._restore(plain_data(state))
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise PttError.of(
                "PTT503",
                f"this engine state is damaged: {fault_of(error)}",
                hint="begin without a state, and judge the rows of the log so far anew",
            ) from error

    def _restore(self, state: Mapping[str, Any]) -> None:
        if state.get("version") != STATE_VERSION or state.get("digest") != self._compiled.digest:
            raise PttError.of(
                "PTT503",
                "this engine state is of other rules or parameters",
                hint="load the same packs with the same parameters, or begin without a state",
            )
        counted = (state["rows"], state["step"], state["after_stop"])
        self._rows, self._step, self._after_stop = map(_count, counted)
        self._is_stopped = _truth(state["stopped"])
        for word in self._families.restore(state["families"]):
            self._begin(self._instances.add(word))
        counts = self._attendance.counts
        for place, count in zip(range(len(counts)), state["counts"], strict=True):
            counts[place] = _count(count)
        self._program.restore(state["program"])
        for judge, saved in zip(self._judges, state["judges"], strict=True):
            judge.restore(saved)
        self._suppression.restore(state["suppression"])
        self._policy.restore(state["policy"])
        self.unreadable = dict(state["unreadable"])
        self._failures = len(self._program.failures)


def _count(saved: object) -> int:
    """Errors: ValueError for what is not a number of rows, or a step"""
    if not isinstance(saved, int) or isinstance(saved, bool) or saved < 0:
        raise ValueError(f"{described(saved)} is not a whole number of at least 0")
    return saved


def _truth(saved: object) -> bool:
    """Errors: ValueError for what is neither true nor false"""
    if not isinstance(saved, bool):
        raise ValueError(f"{described(saved)} is neither true nor false")
    return saved
