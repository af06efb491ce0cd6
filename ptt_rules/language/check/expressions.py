"""Expressions: tree to typed nodes.

Each expression is read in one of two places. In a *value's* place a metric is its latest
observation; in a *series'* place, inside of an aggregate's window, it is the column itself.
A mistake is reported once and yields None, which silences every expression that uses it.
"""

from __future__ import annotations

from ptt_rules.language.check.block import Block
from ptt_rules.language.check.calls import check_call
from ptt_rules.language.check.comparing import check_compare, check_within
from ptt_rules.language.check.names import (
    check_instance,
    check_key,
    check_member,
    check_name,
    is_bare_instance,
)
from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.ir import nodes
from ptt_rules.language.syntax import is_name, tree
from ptt_rules.language.types import MEASURE_UNITS, Kind, Shape, Unit


class ExpressionChecker(Block):
    """Checks the expressions of one block; remembers which metrics they read."""

    def node_of(self, expression: tree.Expr, place: Shape) -> nodes.Node | None:
        match expression:
            case tree.Number():
                return constant(expression)
            case tree.Text():
                self._text(expression)
                return None
            case tree.Name():
                return check_name(self, expression, place)
            case tree.Key():
                return check_key(self, expression, place)
            case tree.Member():
                return check_member(self, expression, place)
            case tree.Instance():
                return check_instance(self, expression, place)
            case tree.Call():
                return check_call(self, expression, place)
            case tree.Windowed():
                self._stray_window(expression)
                return None
            case tree.Negative():
                return self._negative(expression, place)
            case tree.Not():
                return self._inverse(expression, place)
            case tree.Arithmetic():
                return self._arithmetic(expression, place)
            case tree.Compare():
                return check_compare(self, expression, place)
            case tree.Within():
                return check_within(self, expression, place)
            case tree.Logic():
                return self._logic(expression, place)

    def _text(self, text: tree.Text) -> None:
        message, value = "a number is needed here, this is a text", text.value
        hint, edit = "compare with a number", None
        if _is_number(value):
            hint = f"write the number without quotes: `{value}`"
            is_plain = value.replace(".", "", 1).isdecimal()
            edit = Edit(text.span, value) if is_plain and value[0] != "." != value[-1] else None
        elif is_name(value) and value in self.scope:
            hint, edit = f"write the name without quotes: `{value}`", Edit(text.span, value)
        elif "/" in value and not set("`\n") & set(value):
            hint, edit = "write the logged key in backticks", Edit(text.span, f"`{value}`")
        self.report.add("PTT209", text.span, message, hint=hint, edit=edit)

    def _stray_window(self, windowed: tree.Windowed) -> None:
        before = len(self.report.diagnostics)
        if is_bare_instance(self, windowed):
            return
        series = self.check(windowed.series, Shape.SERIES)
        if len(self.report.diagnostics) > before:
            return
        text = self.report.source.slice(windowed.span)
        if _is_of_none(windowed.window):
            newest = self.report.source.slice(windowed.series.span)
            hint = f"`{newest}` alone is its newest value"
            message = "a window counts observations, starting at 1"
            self.report.add("PTT204", windowed.span, message, hint=hint)
            return
        word = "share" if series is not None and series.kind is Kind.BOOL else "mean"
        self.report.add(
            "PTT204",
            windowed.span,
            "a window is only allowed inside an aggregate",
            hint=f"write `{word}({text})`, or another aggregate",
        )

    # ---- operators -------------------------------------------------------------------------

    def _negative(self, negative: tree.Negative, place: Shape) -> nodes.Node | None:
        operand = self.number_operand(negative.operand, place)
        if isinstance(operand, nodes.Constant):
            return nodes.Constant(negative.span, -operand.value, operand.unit)
        return operand and nodes.Negate(negative.span, operand)

    def _inverse(self, inverse: tree.Not, place: Shape) -> nodes.Node | None:
        self.denied.append(inverse.operand)
        operand = self.truth_operand(inverse.operand, place)
        self.denied.pop()
        return operand and nodes.Not(inverse.span, operand)

    def _arithmetic(self, arithmetic: tree.Arithmetic, place: Shape) -> nodes.Node | None:
        is_sum = arithmetic.operator in "+-"
        pair = self.number_pair(arithmetic.left, arithmetic.right, place, is_of_one_unit=is_sum)
        if pair is None:
            return None
        left, right = pair
        at = (arithmetic.left, arithmetic.right)
        if is_sum and not self.same_unit(left, right, at):
            return None
        unit = _unit_of(arithmetic.operator, left.unit, right.unit)
        return nodes.Arithmetic(arithmetic.span, arithmetic.operator, left, right, unit)

    def _logic(self, logic: tree.Logic, place: Shape) -> nodes.Node | None:
        left = self.truth_operand(logic.left, place)
        right = self.truth_operand(logic.right, place)
        if left is None or right is None:
            return None
        node_class = nodes.And if logic.operator == "and" else nodes.Or
        return node_class(logic.span, left, right)


def _is_of_none(window: tree.Window) -> bool:
    """Whether it is `[0]` and the like."""
    if not isinstance(window, tree.RecentWindow) or not isinstance(window.extent, tree.SpanOf):
        return False
    count = window.extent.value
    return window.extent.unit is None and count is not None and count < 1


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def constant(number: tree.Number) -> nodes.Constant:
    """A number; a share or a multiple is a ratio, one with a unit after it is in that."""
    return nodes.Constant(number.span, number.value, unit_of(number))


def unit_of(number: tree.Number) -> Unit | None:
    """The unit that a number shows; None where it fits any."""
    return Unit.RATIO if number.form else MEASURE_UNITS.get(number.measure)


def _unit_of(operator: str, left: Unit | None, right: Unit | None) -> Unit | None:
    """The unit of a sum, product or quotient; None where no unit of the language fits."""
    pure = (None, Unit.RATIO)
    if operator in "+-":
        return left if left is not None else right
    if operator == "*":
        if left in pure:
            return right if right is not None else left
        return left if right in pure else None
    if right in pure:
        return left
    return Unit.RATIO if left is right else None
