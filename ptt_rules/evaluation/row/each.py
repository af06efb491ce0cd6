"""What an expression is now for each instance of a family, and a statistic of all of them.

The instances have a live program of their own: the expression is its template, and there is one
more of it for each word of the family's label that a row brings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Protocol

from ptt_rules.evaluation.blocks import PrefixStack
from ptt_rules.evaluation.faults import Faults
from ptt_rules.evaluation.row.instances import BASE, Own, Template
from ptt_rules.language import Kind
from ptt_rules.language.functions import FLOATS, Folded, Ordered, Sampled, Statistic, Tally
from ptt_rules.language.ir import nodes
from ptt_rules.language.passes import Operation, Program
from ptt_rules.logs import Row, packed, unpacked

MOST_INSTANCES = 1000

Gather = Callable[[Iterable[Any]], "float | bool | None"]
"""A statistic of values in their order; what is unknown or not finite is left out."""


class EachError(Exception):
    """Something of an instance that failed."""


@dataclass(frozen=True, slots=True)
class Crowded:
    """A family with more instances than are judged; the first key that is not, and its row."""

    keys: tuple[str, ...]
    key: str
    row: int

    def to_json(self) -> dict[str, Any]:
        return {"keys": list(self.keys), "key": self.key, "row": self.row}


# ---- a statistic of them -------------------------------------------------------------------


def gathering(statistic: Statistic, takes: Kind, argument: float) -> Gather:
    """What a statistic makes of the values of all instances, in the order of their labels."""
    computation = statistic.computed(argument, None)
    least = 0 if statistic.is_always_known else statistic.least_count

    def of_values(values: Iterable[Any]) -> float | bool | None:
        kept = [float(value) for value in values if value is not None and isfinite(value)]
        if len(kept) < least:
            return None
        size = float(len(kept))
        found: float | bool | None
        match computation:
            case Tally(finish=finish):
                found = finish(float(sum(kept)) if takes is Kind.BOOL else size, size)
            case Folded(fold=fold):
                stack = PrefixStack(fold)
                for value in kept:
                    stack.append(value, 0)
                found = computation.finish(FLOATS)(stack.folded, len(kept))
            case Ordered(of=of):
                found = of(sorted(kept), argument)
            case Sampled(sample=sample):
                found = sample(kept, [0] * len(kept), argument)
            case _:
                raise TypeError(f"`{statistic.word}` depends on an order")
        return found

    return of_values


# ---- the instances -------------------------------------------------------------------------


class Live(Protocol):
    """A live program of the instances."""

    values: list[Any]
    failures: Faults

    def advance(self, row: Row, awake: Iterable[tuple[Template, Sequence[Own]]]) -> None: ...

    def template(self, operations: Sequence[Operation]) -> Template: ...

    def instantiate(self, template: Template, word: str) -> Own: ...

    def state(self) -> dict[str, Any]: ...

    def restore(self, state: dict[str, Any]) -> None: ...


class HasKey:
    """Whether a row has a key of some instance of a family: true, or unknown."""

    def __init__(self, node: nodes.AnyOf) -> None:
        self._words = Words(node.label, node.patterns)

    def __call__(self, values: Mapping[str, float]) -> bool | None:
        return True if self._words.among(values) else None


class Words:
    """What the label of a family may stand for in keys."""

    _MOST_KEYS = 10_000

    def __init__(self, label: str, patterns: Iterable[str]) -> None:
        self._patterns = [key_pattern(pattern, label) for pattern in patterns]
        self._of_key: dict[str, tuple[str, ...]] = {}
        self._keys: tuple[str, ...] = ()
        self._among: tuple[str, ...] = ()

    def among(self, keys: Iterable[str]) -> tuple[str, ...]:
        """What it stands for in the keys of a row, of which most have those of the row before."""
        row = tuple(keys)
        if row != self._keys:
            self._among = tuple(dict.fromkeys(word for key in row for word in self.of(key)))
            self._keys = row
        return self._among

    def of(self, key: str) -> tuple[str, ...]:
        known = self._of_key.get(key)
        if known is None:
            found = (pattern.fullmatch(key) for pattern in self._patterns)
            known = tuple(sorted({one[1] for one in found if one}))
            if len(self._of_key) < self._MOST_KEYS:
                self._of_key[key] = known
        return known


def key_pattern(pattern: str, label: str) -> re.Pattern[str]:
    """The keys of a family: its label stands for characters without `/`, or for a whole key."""
    before, _, after = pattern.partition("{" + label + "}")
    word = "([^/]+)" if before or after else "(.+)"
    return re.compile(re.escape(before) + word + re.escape(after))


class EachInstance:
    """The value of `[each]`, row by row.

    Cost: the instances of which the row has a key; all, where rows without keys change them
    """

    def __init__(self, node: nodes.Each, program: Program, live: Live, gather: Gather) -> None:
        """The last operation of the program is the expression of an instance never observed."""
        self._live, self._gather = live, gather
        root, found = len(program.operations) - 1, [one.node for one in program.operations]
        columns = [place for place, one in enumerate(found) if isinstance(one, nodes.FamilyColumn)]
        self._template = live.template(program.readers_of(columns))
        self._place = self._template.places[root]
        self._words = Words(node.presence.label, node.presence.patterns)
        self._keys = node.presence.patterns
        self._sleeps = self._template.sleeps and not any(map(_moves, found))
        self._owns: dict[str, Own] = {}
        self._order: list[Own] = []
        self._rows = 0
        self.value: float | bool | None = None
        self.was_known = False
        self.crowded: Crowded | None = None

    def __call__(self, row: Row) -> float | bool | None:
        words = self._words.among(row.values)
        if not all(word in self._owns for word in words):
            self._begin(row)
        self._rows += 1
        if not words and self._sleeps and self._rows > 1:
            return self.value
        awake: Sequence[Own] = self._order
        if self._sleeps:
            awake = [self._owns[word] for word in words if word in self._owns]
        self._live.advance(row, ((self._template, awake),))
        for fault in self._live.failures.values():
            raise EachError(fault)
        values = self._live.values
        self.value = self._gather(values[own[BASE] + self._place] for own in self._order)
        self.was_known = self.was_known or self.value is not None
        return self.value

    def _begin(self, row: Row) -> None:
        """The instances that a row brings, of one row in the order of their words."""
        found = {word: key for key in row.values for word in self._words.of(key)}
        for word in sorted(found.keys() - self._owns.keys()):
            if len(self._owns) < MOST_INSTANCES:
                self._add(word)
            elif self.crowded is None:
                self.crowded = Crowded(self._keys, found[word], self._rows)
        self._order = [self._owns[word] for word in sorted(self._owns)]

    def _add(self, word: str) -> None:
        self._owns[word] = self._live.instantiate(self._template, word)

    # ---- state -----------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        full = self.crowded
        return {
            "words": list(self._owns),
            "program": self._live.state(),
            "now": packed([self._live.values[own[BASE] + self._place] for own in self._order]),
            "value": packed(self.value),
            "was_known": self.was_known,
            "rows": self._rows,
            "crowded": None if full is None else [full.key, full.row],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        for word in state["words"]:
            self._add(word)
        self._order = [self._owns[word] for word in sorted(self._owns)]
        self._live.restore(state["program"])
        for own, value in zip(self._order, unpacked(state["now"]), strict=True):
            self._live.values[own[BASE] + self._place] = value
        self.value, self.was_known = unpacked(state["value"]), bool(state["was_known"])
        self._rows = int(state["rows"])
        if state["crowded"] is not None:
            key, row = state["crowded"]
            self.crowded = Crowded(self._keys, str(key), int(row))


def _moves(node: nodes.Node) -> bool:
    """Whether a row without a key of the family may change what is computed of the node."""
    if isinstance(node, nodes.Aggregate):
        return node.window.follows_rows
    moving = (nodes.Position, nodes.OfSiblings)
    return isinstance(node, (nodes.Column, *moving, nodes.Known, nodes.AnyOf, nodes.Each))
