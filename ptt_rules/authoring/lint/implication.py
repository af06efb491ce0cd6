"""Whether one condition being true makes another one true, or excludes it.

Conditions are compared by structure: `and`, `or`, `not`, and comparisons of the same operation
with numbers, or with multiples of the same operation. What is found is sure; not all is found.
"""

from __future__ import annotations

from dataclasses import dataclass

from ptt_rules.language.ir import (
    And,
    Arithmetic,
    Compare,
    Constant,
    Node,
    Not,
    Or,
    Parameter,
)
from ptt_rules.language.passes import Bounds, Program, inf

MAX_PAIRS = 10_000
"""Comparisons of parts, so that a hostile condition is judged in bounded time."""

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True, slots=True)
class _Bound:
    """A comparison as an interval for the factor of `unit` that `subject` is (operations).

    `unit` is None where the interval is of plain numbers. Ends belong to it unless `is_open`.
    """

    subject: int
    unit: int | None
    low: float = -inf
    high: float = inf
    low_open: bool = False
    high_open: bool = False

    def within(self, other: _Bound) -> bool:
        low = self.low > other.low or (
            self.low == other.low and (self.low_open or not other.low_open)
        )
        high = self.high < other.high or (
            self.high == other.high and (self.high_open or not other.high_open)
        )
        return low and high

    def is_apart(self, other: _Bound) -> bool:
        """Whether no number is in both."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        if low != high:
            return low > high
        return any(
            (one.low == low and one.low_open) or (one.high == high and one.high_open)
            for one in (self, other)
        )


@dataclass
class Implications:
    program: Program
    bounds: Bounds
    _pairs: int = 0

    def implies(self, one: Node, other: Node) -> bool:
        """Whether the second is true wherever the first one is."""
        self._pairs = 0
        return self._implies(_plain(one), _plain(other))

    def contradict(self, one: Node, other: Node) -> bool:
        """Whether two comparisons of the same quantity are never true at once."""
        first, second = self._bound(_plain(one)), self._bound(_plain(other))
        return (
            first is not None
            and second is not None
            and (first.subject, first.unit) == (second.subject, second.unit)
            and first.is_apart(second)
        )

    def _implies(self, one: Node, other: Node) -> bool:
        self._pairs += 1
        if self._pairs > MAX_PAIRS:
            return False
        if self.program.number(one) == self.program.number(other):
            return True
        if isinstance(other, And):
            return self._implies(one, other.left) and self._implies(one, other.right)
        if isinstance(one, Or):
            return self._implies(one.left, other) and self._implies(one.right, other)
        if isinstance(one, And) and any(
            self._implies(part, other) for part in (one.left, one.right)
        ):
            return True
        if isinstance(other, Or):
            return any(self._implies(one, part) for part in (other.left, other.right))
        return self._bound_implies(one, other)

    def _bound_implies(self, one: Node, other: Node) -> bool:
        first, second = self._bound(one), self._bound(other)
        if first is None or second is None:
            return False
        same = (first.subject, first.unit) == (second.subject, second.unit)
        return same and first.within(second)

    # ---- comparisons as bounds -------------------------------------------------------------

    def _bound(self, node: Node) -> _Bound | None:
        """A comparison with a number, or with a multiple of what cannot be negative."""
        if not isinstance(node, Compare):
            return None
        left, operator, right = node.left, node.operator, node.right
        if isinstance(left, Constant):
            left, operator, right = right, _MIRRORED[operator], left
        number = self.program.number
        factor = self._constant(right)
        if factor is not None:
            return _bound_of(number(left), None, operator, factor)
        factor, unit = self._multiple(right)
        if not self.bounds.number(unit).low >= 0:
            return None
        if operator in ("==", "!="):
            return None
        return _bound_of(number(left), number(unit), operator, factor)

    def _constant(self, node: Node) -> float | None:
        if isinstance(node, Constant):
            return node.value
        if isinstance(node, Parameter):
            return self.program.params[node.name]
        if isinstance(node, Arithmetic):
            interval = self.bounds.number(node)
            return interval.low if interval.low == interval.high else None
        return None

    def _multiple(self, node: Node) -> tuple[float, Node]:
        """A factor and what it is a factor of."""
        if isinstance(node, Arithmetic) and node.operator == "*":
            for factor, unit in ((node.left, node.right), (node.right, node.left)):
                value = self._constant(factor)
                if value is not None:
                    inner, rest = self._multiple(unit)
                    return value * inner, rest
        return 1.0, node


def _bound_of(subject: int, unit: int | None, operator: str, factor: float) -> _Bound | None:
    match operator:
        case "<" | "<=":
            return _Bound(subject, unit, high=factor, high_open=operator == "<")
        case ">" | ">=":
            return _Bound(subject, unit, low=factor, low_open=operator == ">")
        case "==":
            return _Bound(subject, unit, factor, factor)
    return None


# ---- negation ------------------------------------------------------------------------------


def negated(node: Node) -> Node:
    """A condition that is true where another one is false."""
    match node:
        case Compare(span=span, operator=operator, left=left, right=right):
            return Compare(span, _OPPOSITE[operator], left, right)
        case And(span=span, left=left, right=right):
            return Or(span, negated(left), negated(right))
        case Or(span=span, left=left, right=right):
            return And(span, negated(left), negated(right))
        case Not(operand=operand):
            return _plain(operand)
    return Not(node.span, node)


def _plain(node: Node) -> Node:
    """A condition with each `not` in front of what cannot be negated otherwise."""
    match node:
        case Not(operand=operand):
            return negated(_plain(operand))
        case And(span=span, left=left, right=right):
            return And(span, _plain(left), _plain(right))
        case Or(span=span, left=left, right=right):
            return Or(span, _plain(left), _plain(right))
    return node
