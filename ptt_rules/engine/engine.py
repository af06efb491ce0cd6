"""The live engine: takes the rows of a run one by one and tells what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ptt_rules.backends.live import LiveProgram
from ptt_rules.diagnostics import PttError
from ptt_rules.engine.compiled import CompiledDetector, CompiledPack
from ptt_rules.engine.events import Action, Event
from ptt_rules.engine.lifecycle import Life, Moment
from ptt_rules.engine.reactions import PolicyRun
from ptt_rules.rows import Row, read_row
from ptt_rules.types import Level, Measure

STATE_VERSION = 1


class Status(Enum):
    BLIND = "blind"
    WARMING = "warming"
    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Blind:
    """A detector that cannot judge: the metrics that no row has had, with their keys."""

    detector: str
    metrics: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]

    def to_json(self) -> dict[str, Any]:
        keys = [list(alternatives) for alternatives in self.keys]
        return {"detector": self.detector, "metrics": list(self.metrics), "keys": keys}


class Engine:
    """Judges the rows of one run as they come.

    Cost: time and memory for a row do not grow with the run, except for windows of steps,
          which hold what falls in the span
    """

    def __init__(
        self,
        compiled: CompiledPack,
        config: Mapping[str, Any] | None = None,
        state: Mapping[str, Any] | None = None,
    ) -> None:
        self._compiled = compiled
        self._program = LiveProgram(compiled.program, config)
        self._judges = [_Judge(detector) for detector in compiled.detectors]
        self._policy = PolicyRun(compiled.policy)
        self._seen = dict.fromkeys((c for d in compiled.detectors for c in d.columns), 0)
        self._rows = 0
        self._step = 0
        self.actions: list[Action] = []
        """What the policy decided at the newest row, in the order of carrying out."""
        self.unreadable: dict[str, int] = {}
        """Keys whose values were no numbers, with the number of rows."""
        if state is not None:
            self._restore(state)

    @property
    def rows(self) -> int:
        """Number of rows judged so far."""
        return self._rows

    def observe(self, logs: Mapping[str, Any]) -> list[Event]:
        """Judges a log event, with keys as logged; events in the order of the event format.

        Errors: PTT501 if the row has no step or its step falls; nothing is judged then
        """
        row = read_row(logs)
        self._check_step(row)
        for key in row.unreadable:
            self.unreadable[key] = self.unreadable.get(key, 0) + 1
        self._program.advance(row)
        for column in self._seen:
            self._seen[column] += self._program.values[column] is not None
        events = [
            event
            for judge in self._judges
            if (event := judge.judge(self._program, self._seen, self._rows, row)) is not None
        ]
        events.sort(key=lambda event: (-event.level, event.detector))
        self.actions = self._policy.react(events)
        self._rows += 1
        return events

    def _check_step(self, row: Row) -> None:
        if row.step < self._step:
            raise PttError.of(
                "PTT501",
                f"step {row.step} follows step {self._step}: the steps of a run never fall",
                hint="after a resume, go on from the engine state of that checkpoint",
            )
        self._step = row.step

    # ---- what it knows ---------------------------------------------------------------------

    def statuses(self) -> dict[str, Status]:
        """The status of each detector, by its qualified name."""
        values = self._program.values
        return {judge.name: judge.status(values, self._seen) for judge in self._judges}

    def blind(self) -> list[Blind]:
        """Detectors that miss a metric, with the metrics that no row has had so far."""
        return blind_detectors(self._compiled, self._seen)

    # ---- state -----------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """All that the next rows depend on, as JSON has it."""
        return {
            "version": STATE_VERSION,
            "digest": self._compiled.digest,
            "rows": self._rows,
            "step": self._step,
            "seen": list(self._seen.values()),
            "program": self._program.state(),
            "judges": [judge.state() for judge in self._judges],
            "policy": self._policy.state(),
            "unreadable": dict(self.unreadable),
        }

    def _restore(self, state: Mapping[str, Any]) -> None:
        if state.get("version") != STATE_VERSION or state.get("digest") != self._compiled.digest:
            raise PttError.of(
                "PTT503",
                "this engine state is of other rules or parameters",
                hint="load the same packs with the same parameters, or begin without a state",
            )
        self._rows, self._step = state["rows"], state["step"]
        self._seen = dict(zip(self._seen, state["seen"], strict=True))
        self._program.restore(state["program"])
        for judge, saved in zip(self._judges, state["judges"], strict=True):
            judge.restore(saved)
        self._policy.restore(state["policy"])
        self.unreadable = dict(state["unreadable"])


class _Judge:
    """One detector in a live run."""

    def __init__(self, compiled: CompiledDetector) -> None:
        self._compiled = compiled
        self._life = Life(compiled.detector)
        self._judgements = 0
        self._is_broken = False
        self._was_known = False

    @property
    def name(self) -> str:
        return self._compiled.detector.qualified

    def judge(
        self, program: LiveProgram, seen: Mapping[int, int], number: int, row: Row
    ) -> Event | None:
        if self._is_broken:
            return None
        try:
            return self._judge(program, seen, number, row)
        except Exception as error:  # told as an event, the other detectors go on
            self._is_broken = True
            return self._compiled.broken(self._worst_level, number, row, error)

    def _judge(
        self, program: LiveProgram, seen: Mapping[int, int], number: int, row: Row
    ) -> Event | None:
        values, compiled = program.values, self._compiled
        for operation, failure in program.failures.items():
            if operation in compiled.operations:
                raise failure
        if not _is_observed(compiled, values) or not _is_past(compiled, seen, row.step):
            return None
        worst = self._worst(values)
        now = Moment(self._judgements, row.step)
        self._judgements += 1
        if worst is None and self._life.is_quiet:
            return None
        until = None if compiled.until is None else values[compiled.until]
        change = self._life.judge(worst, until, now)
        if change is None:
            return None
        return compiled.event(change, number, row, values.__getitem__)

    def _worst(self, values: list[Any]) -> Level | None:
        """The worst level whose condition is true; notes whether any was known."""
        self._was_known = False
        for level, truth in self._compiled.levels:
            value = values[truth]
            if value is not None:
                self._was_known = True
                if value:
                    return level
        return None

    @property
    def _worst_level(self) -> Level:
        return self._compiled.levels[0][0]

    def status(self, values: list[Any], seen: Mapping[int, int]) -> Status:
        if self._is_broken:
            return Status.BROKEN
        if self._life.level is not None:
            return Status.FIRING
        if any(seen[column] == 0 for column in self._compiled.columns):
            return Status.BLIND
        if self._life.is_pending:
            return Status.PENDING
        return Status.OK if self._was_known else Status.WARMING

    def state(self) -> dict[str, Any]:
        return {
            "life": self._life.state(),
            "judgements": self._judgements,
            "broken": self._is_broken,
            "known": self._was_known,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._life.restore(state["life"])
        self._judgements = state["judgements"]
        self._is_broken = state["broken"]
        self._was_known = state["known"]


def _is_observed(compiled: CompiledDetector, values: list[Any]) -> bool:
    """Whether the row has a metric of the detector; one without metrics is always judged."""
    for column in compiled.columns:
        if values[column] is not None:
            return True
    return not compiled.columns


def _is_past(compiled: CompiledDetector, seen: Mapping[int, int], step: int) -> bool:
    """Whether `after` is over: the step is reached, or each metric was seen often enough."""
    after = compiled.detector.after
    if after is None:
        return True
    if after.measure is Measure.STEPS:
        return step >= after.amount
    return all(seen[column] >= after.amount for column in compiled.columns)


def blind_detectors(compiled: CompiledPack, seen: Mapping[int, int]) -> list[Blind]:
    """Detectors with a metric that was seen in no row."""
    found = []
    for detector in compiled.detectors:
        metrics = zip(detector.detector.metrics, detector.columns, strict=True)
        missing = [metric for metric, column in metrics if seen[column] == 0]
        if missing:
            names = tuple(metric.name for metric in missing)
            keys = tuple(metric.keys for metric in missing)
            found.append(Blind(detector.detector.qualified, names, keys))
    return found
