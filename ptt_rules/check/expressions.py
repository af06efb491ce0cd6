"""Expressions: tree to typed nodes.

Each expression is read in one of two places. In a *value's* place a metric is its latest
observation; in a *series'* place, inside of an aggregate's window, it is the column itself.
What is wrong is reported once and yields None, which silences whatever is built on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ptt_rules.check.calls import check_call
from ptt_rules.check.names import check_instance, check_key, check_member, check_name
from ptt_rules.check.scope import Report, Scope
from ptt_rules.diagnostics import Edit, Label
from ptt_rules.ir import nodes
from ptt_rules.ir.pack import Metric
from ptt_rules.syntax import tree
from ptt_rules.types import Kind, Shape, Unit

MAX_EXPANDED_DEPTH = 200

NO_SERIES_HINT = "put the window on a metric, or on arithmetic of metrics"


@dataclass
class Let:
    """A name of a block: its tree, and its nodes once they were needed in either place."""

    expression: tree.Expr
    report: Report
    is_value: bool
    value: nodes.Node | None = None
    series: nodes.Node | None = None
    series_checked: bool = False


@dataclass
class ExpressionChecker:
    """Checks the expressions of one block; remembers which metrics they read."""

    report: Report
    scope: Scope
    label: str | None = None
    """The label of the family that the block is for each instance of."""
    knob: str | None = None
    """The hyper-parameter that the expression sets."""
    lets: dict[str, Let] = field(default_factory=dict)
    blocks: Mapping[str, Mapping[str, nodes.Node]] = field(default_factory=dict)
    """The `let`s of detectors, for what is outside of them and reads `detector.name`."""
    metrics: dict[str, Metric] = field(default_factory=dict)
    latest: dict[str, nodes.Node] = field(default_factory=dict)
    """Metrics that were read without a window, by name."""
    _depths: dict[int, int] = field(default_factory=dict)

    # ---- entries ---------------------------------------------------------------------------

    def truth(self, expression: tree.Expr) -> nodes.Node | None:
        """The condition that an expression states at the judged row."""
        return self.truth_operand(expression, Shape.VALUE)

    def value(self, expression: tree.Expr) -> nodes.Node | None:
        """The number or truth that an expression is at the judged row."""
        return self.check(expression, Shape.VALUE)

    def number(self, expression: tree.Expr) -> nodes.Node | None:
        """The number that an expression is at the judged row."""
        return self.number_operand(expression, Shape.VALUE)

    def check(self, expression: tree.Expr, place: Shape) -> nodes.Node | None:
        node = self._dispatch(expression, place)
        if node is not None and self._depth(node) > MAX_EXPANDED_DEPTH:
            message = f"this is nested more than {MAX_EXPANDED_DEPTH} levels deep with its `let`s"
            self.report.add("PTT005", expression.span, message, hint="state it more simply")
            return None
        return node

    def number_operand(self, expression: tree.Expr, place: Shape) -> nodes.Node | None:
        node = self.check(expression, place)
        if node is None or node.kind is Kind.NUMBER:
            return node
        hint = "join conditions with `and` or `or`; count them with `count((...)[20])`"
        message = "a number is needed here, this is true or false"
        self.report.add("PTT201", expression.span, message, hint=hint)
        return None

    def truth_operand(self, expression: tree.Expr, place: Shape) -> nodes.Node | None:
        node = self.check(expression, place)
        if node is None or node.kind is Kind.TRUTH:
            return node
        text = self.report.source.slice(expression.span)
        message = "a condition is needed here, this is a number"
        hint = f"compare it, such as `{text} > 0.3`"
        self.report.add("PTT201", expression.span, message, hint=hint)
        return None

    def same_unit(
        self, left: nodes.Node, right: nodes.Node, at: tuple[tree.Node, tree.Node]
    ) -> bool:
        """Whether two numbers may be compared or added; `at` is where each is written."""
        if left.unit is None or right.unit is None or left.unit is right.unit:
            return True
        text = self.report.source.slice
        message = (
            f"`{text(at[0].span)}` is {left.unit.phrase}, `{text(at[1].span)}` is "
            f"{right.unit.phrase}"
        )
        hint, edit = f"compare with {left.unit.a_number}", None
        if isinstance(right, nodes.Constant):
            hint += f", such as `{right.value:g}`"
            edit = Edit(at[1].span, f"{right.value:g}")
        labels = (Label(at[0].span, left.unit.value),)
        self.report.add(
            "PTT203",
            at[1].span,
            message,
            hint=hint,
            note=right.unit.value,
            labels=labels,
            edit=edit,
        )
        return False

    def no_series(self, at: tree.Node, what: str) -> None:
        """Tells of something in a window that has a value only at the judged row."""
        message = f"{what} at one row, a window needs a series"
        self.report.add("PTT204", at.span, message, hint=NO_SERIES_HINT)

    # ---- parts -----------------------------------------------------------------------------

    def _depth(self, node: nodes.Node) -> int:
        depth = self._depths.get(id(node))
        if depth is None:
            depth = 1 + max((self._depths.get(id(c), 0) for c in node.children), default=0)
            self._depths[id(node)] = depth
        return depth

    def _dispatch(self, expression: tree.Expr, place: Shape) -> nodes.Node | None:
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
            case tree.Inverse():
                return self._inverse(expression, place)
            case tree.Arithmetic():
                return self._arithmetic(expression, place)
            case tree.Compare():
                return self._compare(expression, place)
            case tree.Within():
                return self._within(expression, place)
            case tree.Logic():
                return self._logic(expression, place)

    def _text(self, text: tree.Text) -> None:
        hint = "compare with a number"
        try:
            float(text.value)
        except ValueError:
            pass
        else:
            hint = f"write the number without quotes: `{text.value}`"
        is_number = text.value.replace(".", "", 1).isdecimal()
        edit = Edit(text.span, text.value) if is_number else None
        message = "a number is needed here, this is a text"
        self.report.add("PTT209", text.span, message, hint=hint, edit=edit)

    def _stray_window(self, windowed: tree.Windowed) -> None:
        before = len(self.report.diagnostics)
        series = self.check(windowed.series, Shape.SERIES)
        if len(self.report.diagnostics) > before:
            return
        text = self.report.source.slice(windowed.span)
        word = "share" if series is not None and series.kind is Kind.TRUTH else "mean"
        self.report.add(
            "PTT204",
            windowed.span,
            "a window stands only inside of an aggregate",
            hint=f"write `{word}({text})`, or another aggregate",
        )

    # ---- operators -------------------------------------------------------------------------

    def _negative(self, negative: tree.Negative, place: Shape) -> nodes.Node | None:
        operand = self.number_operand(negative.operand, place)
        if isinstance(operand, nodes.Constant):
            return nodes.Constant(negative.span, -operand.value, operand.unit)
        return operand and nodes.Negate(negative.span, operand)

    def _inverse(self, inverse: tree.Inverse, place: Shape) -> nodes.Node | None:
        operand = self.truth_operand(inverse.operand, place)
        return operand and nodes.Inverse(inverse.span, operand)

    def _arithmetic(self, arithmetic: tree.Arithmetic, place: Shape) -> nodes.Node | None:
        left = self.number_operand(arithmetic.left, place)
        right = self.number_operand(arithmetic.right, place)
        if left is None or right is None:
            return None
        at = (arithmetic.left, arithmetic.right)
        if arithmetic.operator in "+-" and not self.same_unit(left, right, at):
            return None
        unit = _unit_of(arithmetic.operator, left.unit, right.unit)
        return nodes.Arithmetic(arithmetic.span, arithmetic.operator, left, right, unit)

    def _compare(self, compare: tree.Compare, place: Shape) -> nodes.Node | None:
        if isinstance(compare.left, (tree.Compare, tree.Within)):
            self._chained(compare, compare.left)
            return None
        left = self.number_operand(compare.left, place)
        right = self.number_operand(compare.right, place)
        at = (compare.left, compare.right)
        if left is None or right is None or not self.same_unit(left, right, at):
            return None
        return nodes.Compare(compare.span, compare.operator, left, right)

    def _chained(self, compare: tree.Compare, left: tree.Compare | tree.Within) -> None:
        """`a < b < c`, where each side of `and` needs a comparison of its own."""
        text = self.report.source.slice
        middle = left.right if isinstance(left, tree.Compare) else left.operand
        instead = f"and {text(middle.span)} {compare.operator}"
        hint = f"write `{text(left.span)} {instead} {text(compare.right.span)}`"
        edit = Edit(compare.operator_span, instead)
        message = "comparisons do not chain"
        self.report.add("PTT207", compare.operator_span, message, hint=hint, edit=edit)

    def _within(self, within: tree.Within, place: Shape) -> nodes.Node | None:
        operand = self.number_operand(within.operand, place)
        bounds = [
            (operator, bound)
            for operator, bound in ((">=", within.range.low), ("<=", within.range.high))
            if bound is not None
        ]
        if not bounds:
            hint = "give one end or both: `0.68..0.71`, `0..`, `..1`"
            self.report.add("PTT206", within.range.span, "a range needs an end", hint=hint)
            return None
        if operand is None or not all(
            self.same_unit(operand, constant(bound), (within.operand, bound)) for _, bound in bounds
        ):
            return None
        first, *rest = (
            nodes.Compare(within.span, operator, operand, constant(bound))
            for operator, bound in bounds
        )
        return nodes.Both(within.span, first, rest[0]) if rest else first

    def _logic(self, logic: tree.Logic, place: Shape) -> nodes.Node | None:
        left = self.truth_operand(logic.left, place)
        right = self.truth_operand(logic.right, place)
        if left is None or right is None:
            return None
        node_class = nodes.Both if logic.operator == "and" else nodes.Either
        return node_class(logic.span, left, right)


def constant(number: tree.Number) -> nodes.Constant:
    """A number; a share or a multiple is a ratio."""
    return nodes.Constant(number.span, number.value, Unit.RATIO if number.form else None)


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
