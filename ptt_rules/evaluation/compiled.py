"""Checked packs as one program: what every engine and replay of a pack shares."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ptt_rules.evaluation.events import Event, EventKind
from ptt_rules.evaluation.hyperparameters import CompiledPolicy, compile_policy
from ptt_rules.evaluation.lifecycle import Change
from ptt_rules.language import NOWHERE, Level, Who
from ptt_rules.language.ir import Detector, Placeholder, Policy, Template, asked_by, nodes
from ptt_rules.language.passes import Program
from ptt_rules.logs import Row

ValueAt = Callable[[int], Any]
"""The value of an operation at the row in question."""

_FORGIVING = (nodes.Coalesce, nodes.Known, nodes.StepOf)
_PLAIN_DIGITS = 1e15
"""Whole numbers below it are shown with all their digits."""


@dataclass(frozen=True, slots=True)
class CompiledDetector:
    """A detector with its nodes as numbers of operations.

    One `for each` family of logged keys has `family`, which is known in rows that have one of its
    instance; without an instance it stands for those to come and is not judged itself. Those of a
    family by list are there from the first row on.
    """

    detector: Detector
    who: Who
    levels: tuple[tuple[Level, int], ...]
    until: int | None
    values: tuple[tuple[str, int], ...]
    calls: tuple[int, ...]
    """The series of which one that is observed calls for a judgement; none: each row does."""
    reads: tuple[int, ...]
    """The columns of its metrics."""
    needs: tuple[int, ...]
    """Those of them without which a part of it is unknown."""
    placeholders: Mapping[Level, tuple[int | None, ...]]
    """What the message of each level names."""
    operations: frozenset[int]
    """All that it reads, directly or not: a failure of one of them is its own."""
    logged: tuple[int, ...]
    """Those of them that are columns of the log."""
    family: int | None = None
    stage: int = 0
    """How many times others are judged before it at a row: those that it asks for."""
    instance: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_template(self) -> bool:
        return self.family is not None and not self.instance

    @property
    def name(self) -> str:
        """The qualified name, with the instance, as `Event.who` has it."""
        return str(self.who)

    def of(self, word: str, numbers: Mapping[int, int]) -> CompiledDetector:
        """The detector of one instance, whose operations stand for those of the template."""
        family = self.detector.family
        assert family is not None
        assert self.family is not None
        return replace(
            self,
            who=replace(self.who, instance=word),
            levels=tuple((level, numbers.get(truth, truth)) for level, truth in self.levels),
            until=None if self.until is None else numbers.get(self.until, self.until),
            values=tuple((name, numbers.get(number, number)) for name, number in self.values),
            calls=tuple(numbers.get(call, call) for call in self.calls),
            reads=tuple(numbers.get(column, column) for column in self.reads),
            needs=tuple(numbers.get(column, column) for column in self.needs),
            placeholders={
                level: tuple(n if n is None else numbers.get(n, n) for n in named)
                for level, named in self.placeholders.items()
            },
            operations=frozenset(numbers.get(number, number) for number in self.operations),
            logged=tuple(numbers.get(number, number) for number in self.logged),
            family=numbers[self.family],
            instance={family.label: word},
        )

    # ---- events ----------------------------------------------------------------------------

    def message(self, level: Level, value_at: ValueAt) -> str:
        numbers = iter(self.placeholders[level])
        return "".join(
            part if isinstance(part, str) else self._shown(part, next(numbers), value_at)
            for part in self.detector.message_of(level)
        )

    def _shown(self, part: Placeholder, number: int | None, value_at: ValueAt) -> str:
        if number is None:
            return self.instance.get(part.name, part.name)
        return shown(value_at(number), part.spec)

    def event(self, change: Change, row_number: int, row: Row, value_at: ValueAt) -> Event:
        """The event of a change, with message and values as of its row."""
        return Event(
            event=change.event,
            detector=self.detector.qualified,
            level=change.level,
            step=row.step,
            row=row_number,
            time=row.time,
            message=self.message(change.level, value_at),
            values=self.values_at(value_at),
            instance=self.instance,
            since_step=change.since_step,
            shadow=self.detector.shadow,
        )

    def values_at(self, value_at: ValueAt) -> dict[str, float | bool | None]:
        return {name: value_at(number) for name, number in self.values}

    def broken(self, row_number: int, row: Row, fault: str) -> Event:
        """Told once for a detector that cannot go on."""
        return Event(
            event=EventKind.BROKEN,
            detector=self.detector.qualified,
            level=self.levels[0][0],
            step=row.step,
            row=row_number,
            time=row.time,
            message=f"The rule failed and is off: {fault}",
            instance=self.instance,
        )


def shown(value: float | bool | None, spec: str) -> str:
    """A number in a text, by Python's format specification."""
    if value is None:
        return "unknown"
    if spec:
        return format(float(value), spec)
    if float(value).is_integer() and abs(value) < _PLAIN_DIGITS:
        return f"{int(value)}"
    return f"{value:g}"


@dataclass(frozen=True, slots=True)
class CompiledPack:
    """Everything that judging needs; detectors are in the order of their names."""

    program: Program
    detectors: tuple[CompiledDetector, ...]
    policy: CompiledPolicy | None
    digest: str
    """Of rules and parameters: state fits only the same."""
    own: tuple[CompiledDetector, ...] = ()
    """What findings of people's own checks are instances of: not counted among the detectors."""
    apart: range = range(0)
    """The operations that `own` alone reads, which are not of the pack."""

    @property
    def judging(self) -> tuple[CompiledDetector, ...]:
        """All that may fire."""
        return (*self.detectors, *self.own)


def compile_pack(
    detectors: Collection[Detector],
    policy: Policy | None,
    params: Mapping[str, float],
    digest: str,
    own: Iterable[Detector] = (),
) -> CompiledPack:
    """The program of all detectors, with what they have in common computed once."""
    stages = _stages({one.qualified: one for one in detectors})
    program = Program(params, stages)
    ordered = sorted(detectors, key=lambda one: (stages[one.qualified], one.qualified))
    compiled = (
        _compile(program, one) for detector in ordered for one in detector.members or (detector,)
    )
    by_name = tuple(sorted(compiled, key=lambda one: one.detector.qualified))
    reactions = None if policy is None else compile_policy(program, policy)
    size = len(program.operations)
    beside = tuple(_compile(program, one) for one in own if one.qualified not in stages)
    apart = range(size, len(program.operations))
    return CompiledPack(program, by_name, reactions, digest, beside, apart)


def _stages(detectors: Mapping[str, Detector]) -> dict[str, int]:
    """How many times others are judged before each detector, as it asks whether they fire."""
    stages: dict[str, int] = {}

    def stage_of(name: str) -> int:
        if name not in stages:
            asked = (one for one in asked_by(detectors[name]) if one in detectors)
            stages[name] = max((1 + stage_of(one) for one in asked), default=0)
        return stages[name]

    for name in detectors:
        stage_of(name)
    return stages


def with_detectors(compiled: CompiledPack, detectors: Iterable[Detector]) -> CompiledPack:
    """A pack that also computes what some more detectors read."""
    program = compiled.program.copy()
    more = tuple(_compile(program, detector) for detector in detectors)
    return replace(compiled, program=program, detectors=(*compiled.detectors, *more))


def _needed(program: Program, roots: Iterable[int]) -> set[int]:
    """The operations that are read outside of `coalesce observed absent age`."""
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        operation = program.operations[waiting.pop()]
        if operation.number not in seen and not isinstance(operation.node, _FORGIVING):
            seen.add(operation.number)
            waiting += operation.operands
    return seen


def _placeholders(program: Program, message: Template) -> Iterator[int | None]:
    for part in message:
        if isinstance(part, Placeholder):
            yield None if part.node is None else program.number(part.node)


def _compile(program: Program, detector: Detector) -> CompiledDetector:
    detector = detector.resolved(program.params)
    levels = tuple((lv.level, program.number(lv.condition)) for lv in detector.levels)
    until = None if detector.until is None else program.number(detector.until)
    values = tuple((name, program.number(node)) for name, node in detector.values.items())
    calls = tuple(map(program.number, detector.calls))
    reads = tuple(program.number(metric.column(NOWHERE)) for metric in detector.metrics)
    family, word, instance = None, detector.word or "", dict[str, str]()
    if detector.family is not None and not word:
        family = program.number(detector.family.column(NOWHERE))
    elif detector.family is not None:
        instance = {detector.family.label: word}
    placeholders = {
        one.level: tuple(_placeholders(program, detector.message_of(one.level)))
        for one in detector.levels
    }
    conditions = [number for _, number in levels] + ([] if until is None else [until])
    needed = _needed(program, conditions)
    roots = {*conditions, *(number for _, number in values), *calls, *reads}
    named = [number for numbers in placeholders.values() for number in numbers]
    roots.update(number for number in (family, *named) if number is not None)
    reached = program.reached_from(roots)
    return CompiledDetector(
        detector,
        Who(detector.pack, detector.name, word),
        levels,
        until,
        values,
        calls,
        reads,
        tuple(column for column in reads if column in needed),
        placeholders,
        reached,
        program.columns_in(reached),
        family,
        program.stage_of(reached),
        instance,
    )
