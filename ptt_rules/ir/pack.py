"""Checked declarations: what a pack means, free of its syntax."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ptt_rules.ir.nodes import Node
from ptt_rules.source import NOWHERE, Source, Span
from ptt_rules.syntax import tree
from ptt_rules.types import ActionKind, Level, Measure, Unit


@dataclass(frozen=True, slots=True)
class Metric:
    """A logged quantity: the keys are tried in order, the first one in a row wins."""

    name: str
    keys: tuple[str, ...]
    unit: Unit | None
    low: float | None = None
    high: float | None = None
    description: str = ""
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    value: float
    unit: Unit | None
    low: float | None = None
    high: float | None = None
    description: str = ""
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Length:
    """A span: a number of judgements (of observations in `after`) or of steps."""

    amount: int
    measure: Measure


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`{name:spec}` in a text; without a node it is the step."""

    name: str
    spec: str
    node: Node | None


Template = tuple[str | Placeholder, ...]


@dataclass(frozen=True, slots=True)
class LevelCondition:
    level: Level
    condition: Node


@dataclass(frozen=True, slots=True)
class Detector:
    """One detector, its levels from worst to mildest.

    `metrics` are those that its conditions read: it is judged where one of them is observed.
    `values` are the named quantities that events carry: each `let`, and each metric that a
    condition reads without a window. `declaration` is what it was checked from.
    """

    name: str
    pack: str
    levels: tuple[LevelCondition, ...]
    metrics: tuple[Metric, ...]
    values: Mapping[str, Node]
    after: Length | None = None
    hold: Length = field(default_factory=lambda: Length(1, Measure.JUDGEMENTS))
    until: Node | None = None
    keep: Length | None = None
    again: Length | None = None
    message: Template = ()
    summary: str = ""
    why: str = ""
    remedy: str = ""
    reference: str = ""
    tags: tuple[str, ...] = ()
    file: str = ""
    span: Span = NOWHERE
    declaration: Declaration | None = None

    @property
    def qualified(self) -> str:
        return f"{self.pack}.{self.name}"


@dataclass(frozen=True, slots=True)
class PlacedClause:
    """A clause of a detector with the source that it stands in."""

    source: Source
    clause: tree.DetectorClause


@dataclass(frozen=True, slots=True)
class Declaration:
    """A detector as it was written, with the clauses of overrides in place."""

    source: Source
    name: tree.Name
    family: tree.Name | None
    clauses: tuple[PlacedClause, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Trigger:
    """A level or worse (`detector` None), a detector, or a detector at exactly one level."""

    detector: str | None
    level: Level | None


@dataclass(frozen=True, slots=True)
class Reaction:
    trigger: Trigger
    actions: tuple[ActionKind, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    name: str
    pack: str
    reactions: tuple[Reaction, ...]


@dataclass(frozen=True, slots=True)
class CheckedPack:
    """All that a pack declares itself; `extends` names the packs it builds on."""

    name: str
    version: str
    title: str
    algorithms: tuple[str, ...]
    extends: tuple[str, ...]
    metrics: Mapping[str, Metric]
    params: Mapping[str, Param]
    detectors: Mapping[str, Detector]
    policies: Mapping[str, Policy]
