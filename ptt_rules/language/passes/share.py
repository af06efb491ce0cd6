"""Common subexpressions: nodes that mean the same are computed once, across rules and packs."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from ptt_rules.language.ir import (
    Aggregate,
    AnyOf,
    Column,
    Constant,
    Current,
    FamilyColumn,
    Formula,
    Node,
    OfDetector,
    OfSiblings,
    Parameter,
    resolved,
)


@dataclass(frozen=True, slots=True)
class Operation:
    """A distinct node and the numbers of the operations that it reads."""

    number: int
    node: Node
    inputs: tuple[int, ...]
    stage: int = 0
    """How many times detectors are judged at a row before it is computed: 0 but for what asks
    whether a detector fires."""

    @property
    def operands(self) -> tuple[int, ...]:
        """What it computes with, without the series that say which rows a formula has, or which
        metric of sibling runs it is of."""
        if isinstance(self.node, OfSiblings):
            return self.inputs[1:]
        return self.inputs[:1] if isinstance(self.node, (Formula, Current)) else self.inputs


@dataclass
class Program:
    """All distinct operations, each after its inputs; parameters have their values."""

    params: Mapping[str, float] = field(default_factory=dict)
    stages: Mapping[str, int] = field(default_factory=dict)
    """By detector, how many times others are judged before it at a row."""
    operations: list[Operation] = field(default_factory=list)
    _by_meaning: dict[Hashable, int] = field(default_factory=dict)
    _by_node: dict[int, int] = field(default_factory=dict)
    _kept: list[Node] = field(default_factory=list)

    def number(self, node: Node) -> int:
        """The number of the operation that computes a node, added if it is new."""
        known = self._by_node.get(id(node))
        if known is not None:
            return known
        inputs = tuple(self.number(child) for child in node.children)
        number = self._add(self._with_value(node), inputs)
        self._by_node[id(node)] = number
        self._kept.append(node)  # an id is only its node's while the node lives
        return number

    def _with_value(self, node: Node) -> Node:
        if isinstance(node, Parameter):
            return Constant(node.span, self.params[node.name], node.unit)
        if isinstance(node, Aggregate):
            window = resolved(node.window, self.params)
            return node if window is node.window else replace(node, window=window)
        return node

    def _add(self, node: Node, inputs: tuple[int, ...]) -> int:
        meaning = (type(node), node.attributes, inputs)
        number = self._by_meaning.setdefault(meaning, len(self.operations))
        if number == len(self.operations):
            self._append(node, inputs)
        return number

    def _append(self, node: Node, inputs: tuple[int, ...]) -> None:
        stage = max((self.operations[one].stage for one in inputs), default=0)
        if isinstance(node, OfDetector) and node.detector in self.stages:
            stage = 1 + self.stages[node.detector]
        self.operations.append(Operation(len(self.operations), node, inputs, stage))

    def stage_of(self, numbers: Iterable[int]) -> int:
        """The stage after which some operations are all known."""
        return max((self.operations[one].stage for one in numbers), default=0)

    def of_stage(self, stage: int) -> list[Operation]:
        return [one for one in self.operations if one.stage == stage]

    @property
    def last_stage(self) -> int:
        return max((one.stage for one in self.operations), default=0)

    def constant(self, number: int) -> float:
        """The value of an operation that is a number or a parameter."""
        node = self.operations[number].node
        if not isinstance(node, Constant):
            raise TypeError(f"operation {number} is not a constant")
        return node.value

    def reached_from(self, roots: Iterable[int]) -> frozenset[int]:
        """The operations that some operations read, directly or not, and themselves."""
        reached: set[int] = set()
        waiting = list(roots)
        while waiting:
            number = waiting.pop()
            if number not in reached:
                reached.add(number)
                waiting.extend(self.operations[number].inputs)
        return frozenset(reached)

    def columns_in(self, numbers: Iterable[int]) -> tuple[int, ...]:
        """Those of some operations that are columns of the log."""
        columns = (Column, FamilyColumn, AnyOf)
        return tuple(n for n in sorted(numbers) if isinstance(self.operations[n].node, columns))

    # ---- instances of families -------------------------------------------------------------

    def copy(self) -> Program:
        """A program of its own that may grow."""
        return Program(
            self.params,
            self.stages,
            list(self.operations),
            dict(self._by_meaning),
            dict(self._by_node),
            list(self._kept),
        )

    def readers_of(self, leaves: Iterable[int]) -> list[Operation]:
        """The operations that read some operations, directly or not, and themselves."""
        found = set(leaves)
        for operation in self.operations:
            if not found.isdisjoint(operation.inputs):
                found.add(operation.number)
        return [self.operations[number] for number in sorted(found)]

    def clone(
        self, operations: Iterable[Operation], replace: Callable[[Node], Node]
    ) -> dict[int, int]:
        """Adds what operations are once some leaves are replaced; new numbers by the old ones.

        Operations that read no replaced leaf are not in the result: they serve both.
        """
        numbers: dict[int, int] = {}
        for operation in operations:
            node = replace(operation.node)
            inputs = tuple(numbers.get(number, number) for number in operation.inputs)
            if node is not operation.node or inputs != operation.inputs:
                numbers[operation.number] = self._add(node, inputs)
        return numbers

    def repeat(self, operations: Iterable[Operation], replace: Callable[[Node], Node]) -> None:
        """Adds operations once more with some leaves replaced, one after the other.

        None of them serves both, so that their numbers follow from where they begin.
        """
        numbers: dict[int, int] = {}
        for operation in operations:
            inputs = tuple(numbers.get(number, number) for number in operation.inputs)
            numbers[operation.number] = len(self.operations)
            self._append(replace(operation.node), inputs)
