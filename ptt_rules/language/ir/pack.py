"""Checked declarations: what a pack means, free of its syntax."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ptt_rules.language.ir.declaration import Declaration, Target
from ptt_rules.language.ir.lengths import Length, SetBy
from ptt_rules.language.ir.nodes import (
    AnyOf,
    Coalesce,
    Column,
    FamilyColumn,
    Node,
    OfDetector,
    walk,
)
from ptt_rules.language.ir.tests import Test
from ptt_rules.language.source import NOWHERE, Source, Span
from ptt_rules.language.types import ActionKind, Kind, Level, Measure, Unit
from ptt_rules.language.who import Who

NO_SOURCE = Source("", "")


@dataclass(frozen=True, slots=True)
class Metric:
    """A logged quantity: the keys are tried in order, the first one in a row wins.

    Of a family the keys are patterns in which `{label}` stands for an instance's word.
    """

    name: str
    keys: tuple[str, ...]
    unit: Unit | None
    low: float | None = None
    high: float | None = None
    description: str = ""
    label: str | None = None
    span: Span = NOWHERE
    source: Source = NO_SOURCE
    is_any: bool = False
    """Whether all instances of the family are meant: it is observed where one of them is."""

    @property
    def of_any(self) -> Metric:
        """All instances of the family together."""
        return self if self.is_any else replace(self, name=f"{self.name}[each]", is_any=True)

    def column(self, at: Span) -> Column | FamilyColumn | AnyOf:
        """The node that reads it."""
        if self.label is not None and self.is_any:
            return AnyOf(at, self.label, self.keys)
        if self.label is not None:
            return FamilyColumn(at, self.label, self.keys, self.unit)
        return Column(at, self.keys, self.unit)


@dataclass(frozen=True, slots=True)
class Derived:
    """A formula by name: a series, or one for each instance of the families of its label.

    It is observed in rows that have one of its `metrics` and in which it is known. `depth` is how
    many formulas that look back stand in one another, itself among them.
    """

    name: str
    unit: Unit | None
    formula: Node
    metrics: tuple[Metric, ...]
    depth: int = 0
    label: str | None = None
    description: str = ""
    span: Span = NOWHERE
    source: Source = NO_SOURCE

    @property
    def kind(self) -> Kind:
        return self.formula.kind

    def series(self, at: Span) -> tuple[Node, ...]:
        """The columns of its metrics: it has the rows of any of them."""
        return tuple(metric.column(at) for metric in self.metrics)


@dataclass(frozen=True, slots=True)
class ListFamily:
    """A family by list: its members by their words, each a metric or a formula.

    `unit` is that of all of them; None where theirs differ.
    """

    name: str
    label: str
    members: Mapping[str, Metric | Derived]
    unit: Unit | None = None
    description: str = ""
    span: Span = NOWHERE
    source: Source = NO_SOURCE


@dataclass(frozen=True, slots=True)
class Family:
    """What a detector is for each of: families of logged keys, or the words of a list.

    `excluded` are patterns of words that are left out, in which `*` stands for any characters.
    """

    name: str
    label: str
    metrics: tuple[Metric, ...] = ()
    words: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    def takes(self, word: str) -> bool:
        """Whether an instance is one that the detector is for."""
        return not any(_fits(pattern, word) for pattern in self.excluded)

    def is_of(self, other: Family) -> bool:
        """Whether a word means the same instance in both."""
        return (self.label, self.metrics, self.words) == (other.label, other.metrics, other.words)

    def column(self, at: Span) -> Node:
        """What is known in rows that have a key of the instance."""
        first, *others = (metric.column(at) for metric in self.metrics)
        found: Node = first
        for one in others:
            found = Coalesce(at, found, one)
        return found

    def __str__(self) -> str:
        patterns = ", ".join(f'"{pattern}"' for pattern in self.excluded)
        return f"{self.name} except {patterns}" if patterns else self.name


def _fits(pattern: str, word: str) -> bool:
    parts = map(re.escape, pattern.split("*"))
    return re.fullmatch(".*".join(parts), word, re.DOTALL) is not None


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    pack: str
    value: float
    unit: Unit | None
    low: float | None = None
    high: float | None = None
    description: str = ""
    span: Span = NOWHERE
    source: Source = NO_SOURCE

    @property
    def qualified(self) -> str:
        return f"{self.pack}.{self.name}"

    def takes(self, value: float) -> bool:
        """Whether a value is in the declared range."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    @property
    def range_text(self) -> str:
        low, high = (f"{end:g}" if end is not None else "" for end in (self.low, self.high))
        return f"{low}..{high}"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`{name:spec}` in a text; without a node it is the label of a family."""

    name: str
    spec: str
    node: Node | None


Template = tuple[str | Placeholder, ...]


@dataclass(frozen=True, slots=True)
class LevelCondition:
    """A level; `hold` is its own `for`, or that of the detector, `texts` are its own."""

    level: Level
    condition: Node
    hold: Length
    texts: Mapping[str, Template] = field(default_factory=dict)

    def resolved(self, params: Mapping[str, float]) -> LevelCondition:
        """The level with the value of the parameter that its span has."""
        return replace(self, hold=self.hold.resolved(params)) if self.hold.given else self


@dataclass(frozen=True, slots=True)
class Detector:
    """One detector, its levels from worst to mildest.

    `metrics` are those that its conditions read, and those that it is judged on. `calls` are
    the series of which one that is observed calls for a judgement; without any, each row does.
    `values` are the named quantities that events carry: each `let`, and each metric that a
    condition reads without a window. `family` is that of `for each`, of which the `disabled`
    instances are left out. `hold` and `texts`, which are by word, are those of levels without
    their own.
    `declaration` is what it was checked from, for `override`.
    """

    name: str
    pack: str
    levels: tuple[LevelCondition, ...]
    metrics: tuple[Metric, ...]
    calls: tuple[Node, ...]
    values: Mapping[str, Node]
    after: Length | None = None
    hold: Length = field(default_factory=lambda: Length(1, Measure.JUDGEMENTS))
    until: Node | None = None
    keep: Length | None = None
    again: Length | None = None
    family: Family | None = None
    word: str | None = None
    """Of a family by list, the member that it is of."""
    members: tuple[Detector, ...] = ()
    """Of a family by list, the detectors of all members, the first of which is this one."""
    disabled: frozenset[str] = frozenset()
    suppresses: tuple[str, ...] = ()
    shadow: bool = False
    texts: Mapping[str, Template] = field(default_factory=dict)
    declaration: Declaration | None = None

    @property
    def qualified(self) -> str:
        return f"{self.pack}.{self.name}"

    @property
    def lengths(self) -> Mapping[str, Length]:
        """Its spans, by field."""
        named = {"after": self.after, "hold": self.hold, "keep": self.keep, "again": self.again}
        return {name: one for name, one in named.items() if one is not None}

    def resolved(self, params: Mapping[str, float]) -> Detector:
        """The detector with the values of the parameters that its spans have."""
        lengths = (*self.lengths.values(), *(level.hold for level in self.levels))
        if not any(one.given for one in lengths):
            return self
        return replace(
            self,
            levels=tuple(level.resolved(params) for level in self.levels),
            after=self.after and self.after.resolved(params),
            hold=self.hold.resolved(params),
            keep=self.keep and self.keep.resolved(params),
            again=self.again and self.again.resolved(params),
        )

    @property
    def message(self) -> Template:
        """That of levels without one of their own."""
        return self.texts.get("message") or self.texts.get("summary") or (self.name,)

    @property
    def templates(self) -> tuple[Template, ...]:
        """All its texts, those of its levels too."""
        groups = (self.texts, *(one.texts for one in self.levels))
        return tuple(template for texts in groups for template in texts.values())

    def has_text(self, word: str) -> bool:
        """Whether an event of each level has a text of a word."""
        return word in self.texts or all(word in one.texts for one in self.levels)

    def message_of(self, level: Level) -> Template:
        own = next((one.texts for one in self.levels if one.level is level), {})
        return own.get("message") or self.message


def asked_by(detector: Detector) -> set[str]:
    """The detectors of which a detector asks whether they fire."""
    conditions = [one.condition for one in detector.levels]
    shown = [
        part.node
        for template in detector.templates
        for part in template
        if isinstance(part, Placeholder) and part.node is not None
    ]
    until = [detector.until] if detector.until is not None else []
    read = walk([*conditions, *until, *detector.calls, *detector.values.values(), *shown])
    return {node.detector for node in read if isinstance(node, OfDetector)}


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """An action of a reaction; the fields that its kind has no use for are None.

    A rollback without a metric is to the last good checkpoint, else to the `best` one by it.
    """

    kind: ActionKind
    channel: str | None = None
    length: Length | None = None
    best: str | None = None
    metric: Metric | None = None
    hyperparameter: str | None = None
    formula: Node | None = None
    """Its `Hyper-parameter` nodes stand for the hyper-parameter before it is set."""

    def resolved(self, params: Mapping[str, float]) -> ActionSpec:
        return replace(self, length=self.length and self.length.resolved(params))


@dataclass(frozen=True, slots=True)
class Reaction:
    """What is done where one of `targets` is on and none of `excepted` fires.

    One with `on_end` is on what ends. `then` is done once, where it would have run once more than
    `at_most`.
    """

    targets: tuple[Target, ...]
    actions: tuple[ActionSpec, ...]
    excepted: tuple[Target, ...] = ()
    on_end: bool = False
    when: Node | None = None
    hold: Length | None = None
    every: Length | None = None
    at_most: int | None = None
    at_most_set_by: SetBy | None = None
    then: tuple[ActionSpec, ...] = ()
    span: Span = NOWHERE
    source: Source = NO_SOURCE

    def resolved(self, params: Mapping[str, float]) -> Reaction:
        limit = self.at_most_set_by
        return replace(
            self,
            actions=tuple(action.resolved(params) for action in self.actions),
            then=tuple(action.resolved(params) for action in self.then),
            at_most=int(limit.value(params)) if limit else self.at_most,
            at_most_set_by=None,
            hold=self.hold and self.hold.resolved(params),
            every=self.every and self.every.resolved(params),
        )

    @property
    def name(self) -> str:
        """What it is on, as it is written."""
        ends = " resolves" if self.on_end else ""
        return ", ".join(target.text for target in self.targets) + ends

    @property
    def all_actions(self) -> tuple[ActionSpec, ...]:
        """Those of `then` among them."""
        return (*self.actions, *self.then)


@dataclass(frozen=True, slots=True)
class Policy:
    """`replaces` is the qualified name of the one that an `override policy` stands for."""

    name: str
    pack: str
    reactions: tuple[Reaction, ...]
    replaces: str = ""
    span: Span = NOWHERE
    source: Source = NO_SOURCE

    @property
    def qualified(self) -> str:
        return f"{self.pack}.{self.name}"

    def resolved(self, params: Mapping[str, float]) -> Policy:
        """The policy with the values of the parameters that its spans have."""
        return replace(self, reactions=tuple(one.resolved(params) for one in self.reactions))


@dataclass(frozen=True, slots=True)
class Disabled:
    """A detector, or one instance of it, that a pack turns off, and why."""

    detector: str
    reason: str
    pack: str
    instance: str = ""
    span: Span = NOWHERE
    source: Source = NO_SOURCE

    @property
    def name(self) -> str:
        return str(Who.of(self.detector, [self.instance]))


@dataclass(frozen=True, slots=True)
class CheckedPack:
    """All that a pack declares itself; `extends` names the packs it builds on.

    `policies` are its own, and those that it puts in the place of other packs'.
    `overrides` are detectors of those packs as this one wants them, `param_values` values of
    their parameters, `param_places` where these are set; all by qualified name.
    """

    name: str
    version: str
    title: str
    algorithms: tuple[str, ...]
    extends: tuple[str, ...]
    metrics: Mapping[str, Metric]
    derived: Mapping[str, Derived]
    lists: Mapping[str, ListFamily]
    params: Mapping[str, Param]
    detectors: Mapping[str, Detector]
    policies: Mapping[str, Policy]
    overrides: Mapping[str, Detector]
    param_values: Mapping[str, float]
    disabled: tuple[Disabled, ...]
    tests: tuple[Test, ...] = ()
    """Those in which nothing is wrong."""
    param_places: Mapping[str, tuple[Source, Span]] = field(default_factory=dict)
    sizes: Mapping[str, bool] = field(default_factory=dict)
    """Parameters, also of other packs, that are numbers of windows or spans: whether they have to
    be whole."""

    @property
    def formulas(self) -> tuple[Derived, ...]:
        """All formulas, those of families by list for each member."""
        members = (one for family in self.lists.values() for one in family.members.values())
        return (*self.derived.values(), *(one for one in members if isinstance(one, Derived)))
