"""Which numbers and truths an expression can be, from the declared ranges of what it reads.

Interval analysis: each node has the interval of what it is wherever it is known and not NaN, as
long as metrics keep to their ranges; rounding is left out. A truth has the set of what it can be.
Two parts that vary together are taken for independent, so that intervals may be too wide and
never too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ptt_rules.language.ir import (
    AllWindow,
    DecayWindow,
    FirstWindow,
    Function,
    LastWindow,
    SpanWindow,
    Statistic,
    Window,
    nodes,
)
from ptt_rules.language.passes.intervals import EVERYTHING, NOTHING, Interval, inf
from ptt_rules.language.types import Kind, Quantity

FROM_ZERO = Interval(0.0, inf)
CORRELATION = Interval(-1.0, 1.0)

_POSITIONS = {
    Quantity.STEP: FROM_ZERO,
    Quantity.TIME: EVERYTHING,
    Quantity.EPOCH: EVERYTHING,
    Quantity.PROGRESS: FROM_ZERO,
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
            case nodes.StepOf() | nodes.Streak():
                return FROM_ZERO
            case nodes.Latest(series=series):
                return self.number(series)
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
        return EVERYTHING

    def _aggregate(self, node: nodes.Aggregate) -> Interval:
        counts = _counts(node.window)
        if node.takes is Kind.BOOL:
            return self._aggregate_of_truths(node, counts)
        operand = self.number(node.series[0])
        match node.statistic:
            case Statistic.COUNT:
                return Interval(0.0, counts.high)
            case Statistic.SUM:
                return operand * counts
            case Statistic.DISTINCT:
                return Interval(1.0, counts.high)
            case Statistic.STD:
                return Interval(0.0, _widest_deviation(operand, node.window))
            case Statistic.VAR:
                return Interval(0.0, _widest_deviation(operand, node.window) ** 2)
            case Statistic.MAD:
                return Interval(0.0, operand.width)
            case Statistic.DELTA:
                return Interval(-operand.width, operand.width)
            case Statistic.CUSUM:
                return self._cusum(operand, node.argument)
            case Statistic.AUTOCORR | Statistic.CORR:
                return CORRELATION
            case Statistic.SLOPE | Statistic.ROBUST_SLOPE | Statistic.TREND | Statistic.ZSCORE:
                return EVERYTHING
        return operand  # mean, median, min, max, last and quantile lie among the observations

    def _aggregate_of_truths(self, node: nodes.Aggregate, counts: Interval) -> Interval:
        truth = self.truth(node.series[0])
        share = Interval(float(not truth.can_fail), float(truth.can_hold))
        if node.statistic is Statistic.SHARE:
            return NOTHING if truth.is_unknown else share
        return Interval(0.0, counts.high if truth.can_hold else 0.0)

    def _cusum(self, operand: Interval, allowance: nodes.Node | None) -> Interval:
        least = self.number(allowance).low if allowance is not None else -inf
        return Interval(0.0, 0.0) if operand.high <= least else FROM_ZERO

    # ---- truths ----------------------------------------------------------------------------

    def _truth(self, node: nodes.Node) -> Truths:
        match node:
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
            case nodes.Latest(series=series):
                return self.truth(series)
            case nodes.Coalesce(first=first, second=second):
                one, other = self.truth(first), self.truth(second)
                return Truths(one.can_hold or other.can_hold, one.can_fail or other.can_fail)
            case nodes.Aggregate(series=(series,)):
                return self.truth(series)  # `any` and `all`
        return EITHER


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


# ---- windows -------------------------------------------------------------------------------


def _counts(window: Window) -> Interval:
    """How many observations, or how much weight, a window holds once it is known."""
    match window:
        case LastWindow():
            return Interval(float(window.known_from), float(window.count))
        case FirstWindow(count=count):
            return Interval(float(count), float(count))
        case DecayWindow(half_life=half_life):
            return Interval(0.0, 1.0 / (1.0 - 0.5 ** (1.0 / half_life)))
        case AllWindow() | SpanWindow():
            return Interval(1.0, inf)


def _widest_deviation(operand: Interval, window: Window) -> float:
    """The greatest standard deviation: half of the numbers at either end."""
    if isinstance(window, DecayWindow):
        return 0.0 if operand.width == 0 else inf
    least = max(2.0, _counts(window).low)
    return operand.width / 2 * math.sqrt(least / (least - 1))
