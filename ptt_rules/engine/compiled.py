"""Checked packs as one program: what every engine and replay of a pack shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ptt_rules.engine.events import Event, EventKind
from ptt_rules.engine.lifecycle import Change
from ptt_rules.ir import nodes
from ptt_rules.ir.pack import Detector, Placeholder, Policy
from ptt_rules.passes.share import Program
from ptt_rules.rows import Row
from ptt_rules.types import Level

ValueAt = Callable[[int], Any]
"""The value of an operation at the row in question."""


@dataclass(frozen=True, slots=True)
class CompiledDetector:
    """A detector with its nodes as numbers of operations."""

    detector: Detector
    levels: tuple[tuple[Level, int], ...]
    until: int | None
    values: tuple[tuple[str, int], ...]
    columns: tuple[int, ...]
    """The columns of its metrics: it is judged where one of them is observed."""
    placeholders: tuple[int | None, ...]
    operations: frozenset[int]
    """All that it reads, directly or not: a failure of one of them is its own."""

    def message(self, value_at: ValueAt, step: int) -> str:
        parts = self.detector.message or (self.detector.summary or self.detector.name,)
        numbers = iter(self.placeholders)
        return "".join(
            part if isinstance(part, str) else _shown(part, next(numbers), value_at, step)
            for part in parts
        )

    def event(self, change: Change, row_number: int, row: Row, value_at: ValueAt) -> Event:
        """The event of a change, with message and values as of its row."""
        return Event(
            event=change.event,
            detector=self.detector.qualified,
            level=change.level,
            step=row.step,
            row=row_number,
            time=row.time,
            message=self.message(value_at, row.step),
            values={name: value_at(number) for name, number in self.values},
            since_step=change.since_step,
        )

    def broken(self, level: Level, row_number: int, row: Row, error: Exception) -> Event:
        """Told once for a detector that cannot go on."""
        return Event(
            event=EventKind.BROKEN,
            detector=self.detector.qualified,
            level=level,
            step=row.step,
            row=row_number,
            time=row.time,
            message=f"The rule failed and is off: {type(error).__name__}: {error}",
        )


def _shown(part: Placeholder, number: int | None, value_at: ValueAt, step: int) -> str:
    value = step if number is None else value_at(number)
    if value is None:
        return "unknown"
    return format(float(value), part.spec) if part.spec else f"{value:g}"


@dataclass(frozen=True, slots=True)
class CompiledPack:
    """Everything that judging needs; detectors are in the order of their names."""

    program: Program
    detectors: tuple[CompiledDetector, ...]
    policy: Policy | None
    digest: str
    """Of rules and parameters: state fits only the same."""


def compile_pack(detectors: Iterable[Detector], policy: Policy | None, digest: str) -> CompiledPack:
    """The program of all detectors, with what they have in common computed once."""
    program = Program()
    ordered = sorted(detectors, key=lambda detector: detector.qualified)
    compiled = tuple(_compile(program, detector) for detector in ordered)
    return CompiledPack(program, compiled, policy, digest)


def _compile(program: Program, detector: Detector) -> CompiledDetector:
    levels = tuple((lv.level, program.number(lv.condition)) for lv in detector.levels)
    until = None if detector.until is None else program.number(detector.until)
    values = tuple((name, program.number(node)) for name, node in detector.values.items())
    columns = tuple(
        program.number(nodes.Column(metric.span, metric.keys)) for metric in detector.metrics
    )
    placeholders = tuple(
        None if part.node is None else program.number(part.node)
        for part in detector.message
        if isinstance(part, Placeholder)
    )
    roots = {number for _, number in (*levels, *values)} | set(columns)
    roots.update(number for number in (until, *placeholders) if number is not None)
    operations = program.reached_from(roots)
    return CompiledDetector(detector, levels, until, values, columns, placeholders, operations)
