"""Which numbers and truths an expression can be, from the declared ranges of what it reads.

Interval analysis: each node has the interval of what it is wherever it is known and not NaN, as
long as metrics keep to their ranges; rounding is left out. A truth has the set of what it can be.
Two parts that vary together are taken for independent, so that intervals may be too wide and
never too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ptt_rules.language.functions import Function, Given
from ptt_rules.language.intervals import EVERYTHING, NOTHING, Interval, inf
from ptt_rules.language.ir import nodes
from ptt_rules.language.types import Kind, Quantity

FROM_ZERO = Interval(0.0, inf)

_POSITIONS = {
    Quantity.STEP: FROM_ZERO,
    Quantity.TIME: EVERYTHING,
    Quantity.EPOCH: EVERYTHING,
    Quantity.PROGRESS: FROM_ZERO,
    Quantity.SINCE_RESUME: FROM_ZERO,
}


@dataclass(frozen=True, slots=True)
class Truths:
    """The truths that a condition can have where it is known."""

    can_hold: bool = True
    can_fail: bool = True

    @property
    def is_constant(self) -> bool:
        return not (self.can_hold and self.can_fail)

    @property
    def is_unknown(self) -> bool:
        return not (self.can_hold or self.can_fail)

    @property
    def numbers(self) -> Interval:
        """What it can be as a number: 0 or 1."""
        if self.is_unknown:
            return NOTHING
        return Interval(float(not self.can_fail), float(self.can_hold))


EITHER = Truths()


@dataclass
class Bounds:
    """Intervals of the values of nodes; `columns` are ranges by keys, `params` by qualified
    name."""

    columns: Mapping[tuple[str, ...], Interval]
    params: Mapping[str, Interval]
    _numbers: dict[int, tuple[nodes.Node, Interval]] = field(default_factory=dict)
    _truths: dict[int, tuple[nodes.Node, Truths]] = field(default_factory=dict)

    def number(self, node: nodes.Node) -> Interval:
        """The interval of a node of numbers."""
        known = self._numbers.get(id(node))
        if known is None:
            # with the node, since an id is only its node's while the node lives
            known = self._numbers[id(node)] = (node, self._number(node))
        return known[1]

    def truth(self, node: nodes.Node) -> Truths:
        """The truths that a node can have."""
        known = self._truths.get(id(node))
        if known is None:
            known = self._truths[id(node)] = (node, self._truth(node))
        return known[1]

    # ---- numbers ---------------------------------------------------------------------------

    def _number(self, node: nodes.Node) -> Interval:
        match node:
            case nodes.Constant(value=value):
                return Interval(value, value)
            case nodes.Parameter(name=name):
                return self.params.get(name, EVERYTHING)
            case nodes.Column(keys=keys) | nodes.FamilyColumn(patterns=keys):
                return self.columns.get(keys, EVERYTHING)
            case nodes.Position(quantity=quantity):
                return _POSITIONS[quantity]
            case nodes.StepOf() | nodes.Streak() | nodes.RunFact():
                return FROM_ZERO
            case (
                nodes.Latest(series=series)
                | nodes.Prev(series=series)
                | nodes.OfSiblings(series=series)
            ):
                return self.number(series)
            case nodes.Formula(formula=formula) | nodes.Current(formula=formula):
                return self.number(formula)
            case nodes.Negate(operand=operand):
                return -self.number(operand)
            case nodes.Arithmetic(operator=operator, left=left, right=right):
                return _ARITHMETIC[operator](self.number(left), self.number(right))
            case nodes.Apply(function=function, operands=operands):
                return _applied(function, [self.number(operand) for operand in operands])
            case nodes.Coalesce(first=first, second=second):
                return self.number(first) | self.number(second)
            case nodes.Aggregate():
                return self._aggregate(node)
            case nodes.Each(of=of):
                return self._over([of.node], node)
            case nodes.Members(members=members):
                return self._over(members, node)
        return EVERYTHING

    def _aggregate(self, node: nodes.Aggregate) -> Interval:
        series, is_of_truths = node.series[0], node.takes is Kind.BOOL
        given = Given(
            numbers=self.truth(series).numbers if is_of_truths else self.number(series),
            counts=node.window.counts,
            argument=EVERYTHING if node.argument is None else self.number(node.argument),
            is_of_truths=is_of_truths,
            is_weighted=node.window.fading is not None,
        )
        return node.statistic.range(given)

    def _over(self, operands: Sequence[nodes.Node], node: nodes.Each | nodes.Members) -> Interval:
        """A statistic of the values of instances, of which there may be any number."""
        is_of_truths = node.takes is Kind.BOOL
        numbers = NOTHING
        for one in operands:
            numbers |= self.truth(one).numbers if is_of_truths else self.number(one)
        argument = EVERYTHING if node.argument is None else self.number(node.argument)
        return node.statistic.range(
            Given(
                numbers=numbers,
                counts=Interval(1.0, inf),
                argument=argument,
                is_of_truths=is_of_truths,
                is_weighted=False,
            )
        )

    # ---- truths ----------------------------------------------------------------------------

    def _truth(self, node: nodes.Node) -> Truths:
        match node:
            case nodes.Literal(value=value):
                return Truths(can_hold=value, can_fail=not value)
            case nodes.Compare(operator=operator, left=left, right=right):
                return compared(operator, self.number(left), self.number(right))
            case nodes.And(left=left, right=right):
                one, other = self.truth(left), self.truth(right)
                return Truths(
                    one.can_hold and other.can_hold,
                    one.can_fail or other.can_fail,
                )
            case nodes.Or(left=left, right=right):
                one, other = self.truth(left), self.truth(right)
                return Truths(
                    one.can_hold or other.can_hold,
                    one.can_fail and other.can_fail,
                )
            case nodes.Not(operand=operand):
                truth = self.truth(operand)
                return Truths(truth.can_fail, truth.can_hold)
            case nodes.AtLeast(count=count, operands=operands):
                return _at_least(self.number(count), [self.truth(one) for one in operands])
            case nodes.Latest(series=series) | nodes.Prev(series=series):
                return self.truth(series)
            case nodes.Formula(formula=formula) | nodes.Current(formula=formula):
                return self.truth(formula)
            case nodes.Coalesce(first=first, second=second):
                one, other = self.truth(first), self.truth(second)
                return Truths(one.can_hold or other.can_hold, one.can_fail or other.can_fail)
            case nodes.Aggregate(series=(series,)):
                return self.truth(series)
        return EITHER


def _at_least(count: Interval, truths: list[Truths]) -> Truths:
    can_hold, can_fail = (sum(one.can_hold for one in truths), sum(one.can_fail for one in truths))
    return Truths(can_hold >= count.low, len(truths) - can_fail < count.high)


def compared(operator: str, left: Interval, right: Interval) -> Truths:
    """The possible results of a comparison of two independent numbers."""
    if left.is_empty or right.is_empty:
        return Truths(can_hold=False, can_fail=False)
    match operator:
        case "<":
            return Truths(left.low < right.high, left.high >= right.low)
        case "<=":
            return Truths(left.low <= right.high, left.high > right.low)
        case ">" | ">=":
            return compared("<" if operator == ">" else "<=", right, left)
    is_same = left.low == left.high == right.low == right.high
    equal = Truths(not left.meet(right).is_empty, not is_same)
    return equal if operator == "==" else Truths(equal.can_fail, equal.can_hold)


_ARITHMETIC: Mapping[str, Callable[[Interval, Interval], Interval]] = {
    "+": Interval.__add__,
    "-": Interval.__sub__,
    "*": Interval.__mul__,
    "/": Interval.__truediv__,
}


# ---- functions -----------------------------------------------------------------------------


def _applied(function: Function, operands: list[Interval]) -> Interval:
    first = operands[0]
    if any(operand.is_empty for operand in operands):
        return NOTHING
    match function:
        case Function.ABS:
            greatest = max(abs(first.low), abs(first.high))
            least = 0.0 if 0.0 in first else min(abs(first.low), abs(first.high))
            return Interval(least, greatest)
        case Function.LOG:
            return first.mapped(_log) if first.high > 0 else NOTHING
        case Function.SQRT:
            return first.meet(FROM_ZERO).mapped(math.sqrt)
        case Function.EXP:
            return first.mapped(_exp)
        case Function.SIGN:
            return first.mapped(lambda number: float((number > 0) - (number < 0)))
        case Function.FLOOR:
            return first.mapped(lambda n: n if math.isinf(n) else float(math.floor(n)))
        case Function.LEAST:
            second = operands[1]
            return Interval(min(first.low, second.low), min(first.high, second.high))
        case Function.GREATEST:
            second = operands[1]
            return Interval(max(first.low, second.low), max(first.high, second.high))


def _log(number: float) -> float:
    return math.log(number) if number > 0 else -inf


def _exp(number: float) -> float:
    try:
        return math.exp(number)
    except OverflowError:
        return inf
