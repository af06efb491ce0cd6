"""A checked pack as rules look at it: its declarations, its expressions, and what they can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from ptt_rules.language import Source, Span
from ptt_rules.language.check import inherited_detectors
from ptt_rules.language.ir import (
    CheckedPack,
    Detector,
    Disabled,
    Metric,
    Node,
    Param,
    Policy,
    Position,
    walk,
)
from ptt_rules.language.passes import Bounds, Interval, Program
from ptt_rules.language.syntax import tree
from ptt_rules.language.trainers import known_of
from ptt_rules.packs import CheckedFiles

Item = TypeVar("Item", bound=tree.Node)
Operation = TypeVar("Operation", bound=Node)


@dataclass(frozen=True, slots=True)
class Placed:
    """A part of an expression, with the source that it is written in.

    `around` is the detector whose condition it is in, None in a formula.
    """

    source: Source
    node: Node
    around: Detector | None

    @property
    def text(self) -> str:
        return self.source.slice(self.node.span)


@dataclass(frozen=True)
class Subject:
    """A pack without errors, with everything that it builds on."""

    files: CheckedFiles
    ranges: Mapping[tuple[str, ...], Interval] = field(default_factory=dict)
    """Of columns, by keys: ranges that a rule tries in the place of the declared ones."""

    # ---- declarations ----------------------------------------------------------------------

    @property
    def pack(self) -> CheckedPack:
        return self.files.checked

    @cached_property
    def trainers(self) -> tuple[str, ...]:
        """Its algorithms, if something is known of each; none where any trainer may be meant."""
        return known_of(self.pack.algorithms)

    @cached_property
    def sources(self) -> frozenset[Source]:
        """The pack's own files, those of its tests among them."""
        return frozenset(source for source, _ in (*self.files.modules, *self.files.tests))

    def items(self, kind: type[Item]) -> Iterator[tuple[Source, Item]]:
        """All declarations of a kind in the pack's own files."""
        for source, module in (*self.files.modules, *self.files.tests):
            for item in module.items:
                if isinstance(item, kind):
                    yield source, item

    def policies(self) -> Iterator[tuple[Source, tree.PolicyDecl | tree.OverridePolicy]]:
        """The policies that the pack's own files declare or replace."""
        yield from self.items(tree.PolicyDecl)
        yield from self.items(tree.OverridePolicy)

    @cached_property
    def is_shared(self) -> bool:
        """Whether it is a pack with a header, which others can extend."""
        return any(True for _ in self.items(tree.PackDecl))

    @cached_property
    def everything(self) -> tuple[CheckedPack, ...]:
        """The packs that it builds on, the farthest first, and itself."""
        return (*self.files.extended, self.pack)

    @cached_property
    def detectors(self) -> tuple[Detector, ...]:
        """Those that this pack declares or overrides."""
        return (*self.pack.detectors.values(), *self.pack.overrides.values())

    @cached_property
    def all_detectors(self) -> dict[str, Detector]:
        """Own and inherited ones, as overridden, by qualified name; disabled ones too."""
        return inherited_detectors(self.everything)

    @cached_property
    def disabled(self) -> frozenset[str]:
        """Detectors that this pack or one that it extends turns off."""
        return frozenset(one.detector for one in self._disabled if not one.instance)

    @cached_property
    def disabled_instances(self) -> frozenset[tuple[str, str]]:
        """Instances that are off, each with its detector."""
        return frozenset((one.detector, one.instance) for one in self._disabled if one.instance)

    @property
    def _disabled(self) -> tuple[Disabled, ...]:
        return tuple(one for pack in self.everything for one in pack.disabled)

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        """All metrics in scope, and the instances that rules name."""
        declared = [metric for pack in self.everything for metric in pack.metrics.values()]
        read = [metric for detector in self.detectors for metric in detector.metrics]
        return (*declared, *read)

    @cached_property
    def params(self) -> tuple[Param, ...]:
        """All parameters in scope."""
        return tuple(param for pack in self.everything for param in pack.params.values())

    # ---- expressions -----------------------------------------------------------------------

    @cached_property
    def _shared_parts(self) -> frozenset[int]:
        """Ids of nodes that a `derive` has written, which conditions only repeat."""
        derived = [one.formula for pack in self.everything for one in pack.formulas]
        return frozenset(id(node) for node in walk(derived))

    def written(self, kind: type[Operation]) -> Iterator[tuple[Placed, Operation]]:
        """Each operation of a kind that this pack's own files write, once."""
        for placed in self._parts:
            if isinstance(placed.node, kind):
                yield placed, placed.node

    @cached_property
    def _parts(self) -> tuple[Placed, ...]:
        found: dict[tuple[Source, Span, type[Node]], Placed] = {}
        for placed in (*self._of_detectors(), *self._of_derived(), *self._of_policies()):
            if placed.source in self.sources:
                # the two nodes of `x in a..b` stand in one place, and the first is enough
                found.setdefault((placed.source, placed.node.span, type(placed.node)), placed)
        return tuple(found.values())

    def _of_detectors(self) -> Iterator[Placed]:
        for detector in self.detectors:
            for node in walk(expressions_of(detector)):
                source = None if id(node) in self._shared_parts else place_of(detector, node)
                if source is not None:
                    yield Placed(source, node, detector)

    def _of_derived(self) -> Iterator[Placed]:
        formulas = [one.formula for pack in self.everything for one in pack.formulas]
        for derived in self.pack.formulas:
            own = list(walk([derived.formula]))
            ids = {id(node) for node in own} - {id(derived.formula)}
            others = {id(n) for n in walk(one for one in formulas if id(one) in ids)}
            yield from (Placed(derived.source, n, None) for n in own if id(n) not in others)

    def _of_policies(self) -> Iterator[Placed]:
        for source, item in self.policies():
            policy = self.pack.policies[item.name.word]
            for node in walk(formulas_of(policy)):
                if id(node) not in self._shared_parts:
                    yield Placed(source, node, None)

    # ---- what expressions mean and can be --------------------------------------------------

    @cached_property
    def program(self) -> Program:
        """Operations by their meaning: what is the same has the same number."""
        return Program({param.qualified: param.value for param in self.params})

    def number(self, node: Node) -> int:
        return self.program.number(node)

    @cached_property
    def columns(self) -> dict[tuple[str, ...], Interval]:
        found: dict[tuple[str, ...], Interval] = {}
        for metric in self.metrics:
            interval = Interval.of(metric.low, metric.high)
            found[metric.keys] = found.get(metric.keys, interval) | interval
        return {**found, **self.ranges}

    @cached_property
    def values(self) -> dict[str, float]:
        """Parameters by qualified name, as this pack sets them."""
        found = {param.qualified: param.value for param in self.params}
        for pack in self.everything:
            found.update(pack.param_values)
        return found

    @cached_property
    def bounds(self) -> Bounds:
        """The possible values of expressions with the parameters as set."""
        return Bounds(self.columns, {n: Interval(v, v) for n, v in self.values.items()})

    @cached_property
    def wide_bounds(self) -> Bounds:
        """The possible values of expressions for all values of the parameters."""
        ranges = {param.qualified: Interval.of(param.low, param.high) for param in self.params}
        return Bounds(self.columns, ranges)


def expressions_of(detector: Detector) -> list[Node]:
    """The conditions of a detector, the worst level's first, its `until` and its `let`s."""
    conditions = [level.condition for level in detector.levels]
    until = [detector.until] if detector.until is not None else []
    lets = [node for node in detector.values.values() if not isinstance(node, Position)]
    return [*conditions, *until, *lets]


def formulas_of(policy: Policy) -> list[Node]:
    """What its reactions ask, and the formulas of their actions."""
    asked = [one.when for one in policy.reactions if one.when is not None]
    actions = [action for reaction in policy.reactions for action in reaction.all_actions]
    return [*asked, *(action.formula for action in actions if action.formula is not None)]


def place_of(detector: Detector, node: Node) -> Source | None:
    """The source that a part of a detector is written in; None where an override makes it unsure.

    A part knows its offsets alone, and the clauses of an overridden detector are of two files.
    """
    declaration = detector.declaration
    placed = declaration.clauses if declaration is not None else ()
    found = {one.source for one in placed if one.clause.span.contains(node.span)}
    return found.pop() if len(found) == 1 else None


def clauses_of(detector: Detector, kind: type[Item]) -> Iterator[tuple[Source, Item]]:
    """The clauses of a kind, those of levels too, with the source that each stands in."""
    declaration = detector.declaration
    for placed in declaration.clauses if declaration is not None else ():
        parts = placed.clause.parts if isinstance(placed.clause, tree.LevelClause) else ()
        for clause in (placed.clause, *parts):
            if isinstance(clause, kind):
                yield placed.source, clause


def name_of(detector: Detector) -> tuple[Source, Span]:
    """Where a detector is declared."""
    assert detector.declaration is not None  # whatever a file declares has one
    return detector.declaration.source, detector.declaration.name.span
