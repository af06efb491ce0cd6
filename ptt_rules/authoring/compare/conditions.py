"""Whether a condition certainly became stricter or laxer; otherwise it is `changed`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ptt_rules.authoring.compare.changes import Turn
from ptt_rules.authoring.lint import Implications
from ptt_rules.language import Who
from ptt_rules.language.ir import (
    Aggregate,
    Column,
    Constant,
    FamilyColumn,
    Node,
    Parameter,
)
from ptt_rules.language.passes import Bounds, Interval, Program, with_leaves

Values = Mapping[str, float]
Keys = tuple[str, ...]


@dataclass
class Conditions:
    """Compares expressions of two packs, each with the values of its own parameters.

    `keys` are the new keys of metrics by their old ones: that a metric is read from other keys
    is a change of the metric alone.
    """

    columns: Mapping[Keys, Interval]
    keys: Mapping[Keys, Keys]
    old_values: Values
    new_values: Values
    _implications: Implications = field(init=False)

    def __post_init__(self) -> None:
        bounds = Bounds(self.columns, {})
        self._implications = Implications(Program({}), bounds)

    def turn(self, old: Node, new: Node) -> Turn | None:
        """How a condition changed, None if it means the same."""
        before, after = self._old(old), self._new(new)
        if self._same(before, after):
            return None
        wider = self._implications.implies(before, after)
        narrower = self._implications.implies(after, before)
        if wider and narrower:
            return None
        if wider:
            return Turn.STRICTER
        return Turn.LAXER if narrower else Turn.CHANGED

    def are_same(self, old: Node, new: Node) -> bool:
        return self._same(self._old(old), self._new(new))

    def _old(self, node: Node) -> Node:
        return with_leaves(node, lambda leaf: self._renamed(_valued(leaf, self.old_values)))

    def _new(self, node: Node) -> Node:
        return with_leaves(node, lambda leaf: _valued(leaf, self.new_values))

    def _renamed(self, leaf: Node) -> Node:
        if isinstance(leaf, Column):
            return replace(leaf, keys=self.keys.get(leaf.keys, leaf.keys))
        if isinstance(leaf, FamilyColumn):
            return replace(leaf, patterns=self.keys.get(leaf.patterns, leaf.patterns))
        return leaf

    def _same(self, before: Node, after: Node) -> bool:
        number = self._implications.program.number
        return number(before) == number(after)

    def reasons(self, old: Node, new: Node) -> list[str]:
        """The numbers, parameters and windows that differ, where the rest is the same."""
        found = list(self._leaves(old, new))
        return [] if None in found else list(dict.fromkeys(one for one in found if one))

    def _leaves(self, old: Node, new: Node) -> Iterator[str | None]:
        """A difference a leaf; None where the two are not built alike."""
        values = [self._value(old, self.old_values), self._value(new, self.new_values)]
        if values[0] is not None and values[1] is not None:
            if values[0] != values[1]:
                name = Who.parse(new.name).name + " " if isinstance(new, Parameter) else ""
                yield f"{name}{values[0]:g} -> {values[1]:g}"
            return
        if type(old) is not type(new) or len(old.children) != len(new.children):
            yield None
            return
        if isinstance(old, Aggregate) and isinstance(new, Aggregate):
            if old.statistic is not new.statistic:
                yield f"{old.statistic.word} -> {new.statistic.word}"
            if old.window != new.window:
                yield f"window {old.window.text} -> {new.window.text}"
        elif self._renamed(old).attributes != new.attributes:
            yield None
        for one, other in zip(old.children, new.children, strict=True):
            yield from self._leaves(one, other)

    def _value(self, node: Node, values: Values) -> float | None:
        if isinstance(node, Parameter):
            return values[node.name]
        return node.value if isinstance(node, Constant) else None


def _valued(leaf: Node, values: Values) -> Node:
    if isinstance(leaf, Parameter):
        return Constant(leaf.span, values[leaf.name], leaf.unit)
    return leaf
