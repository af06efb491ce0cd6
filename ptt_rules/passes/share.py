"""Common subexpressions: nodes that mean the same are computed once, across rules and packs."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from ptt_rules.ir.nodes import Node


@dataclass(frozen=True, slots=True)
class Operation:
    """A distinct node and the numbers of the operations that it reads."""

    number: int
    node: Node
    inputs: tuple[int, ...]


@dataclass
class Program:
    """All distinct operations, each after its inputs."""

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
        meaning = (type(node), node.attributes, inputs)
        number = self._by_meaning.setdefault(meaning, len(self.operations))
        if number == len(self.operations):
            self.operations.append(Operation(number, node, inputs))
        self._by_node[id(node)] = number
        self._kept.append(node)  # an id is only its node's while the node lives
        return number

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


def share(roots: Iterable[Node]) -> Program:
    """The program that computes all roots."""
    program = Program()
    for root in roots:
        program.number(root)
    return program
