"""Expressions: tree to typed nodes.

Each expression is read in one of two places. In a *value's* place a metric is its latest
observation; in a *series'* place, inside of an aggregate's window, it is the column itself.
What is wrong is reported once and yields None, which silences whatever is built on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ptt_rules.check.calls import check_call, is_value
from ptt_rules.check.comparing import check_compare
from ptt_rules.check.names import check_instance, check_key, check_member, check_name
from ptt_rules.check.scope import Report, Scope
from ptt_rules.diagnostics import Edit, Label
from ptt_rules.ir import nodes
from ptt_rules.ir.pack import Metric
from ptt_rules.syntax import tree
from ptt_rules.syntax.written import is_name
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
    denied: list[tree.Expr] = field(default_factory=list)
    """What stands right behind each `not` that is open, the innermost last."""
    beside: Unit | None = None
    """The unit of what a name is compared with or added to, where that is known."""
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

    def number_pair(
        self, left: tree.Expr, right: tree.Expr, place: Shape, *, is_of_one_unit: bool = True
    ) -> tuple[nodes.Node, nodes.Node] | None:
        """Both sides of an operator; of a misspelt name, the other side tells the unit."""
        sides = [left, right]
        found: list[nodes.Node | None] = [None, None]
        for index in sorted((0, 1), key=lambda one: self._is_unknown(sides[one])):
            other = found[1 - index]
            outer, self.beside = self.beside, other.unit if other and is_of_one_unit else None
            found[index] = self.number_operand(sides[index], place)
            self.beside = outer
        one, two = found
        return None if one is None or two is None else (one, two)

    def series(self, expression: tree.Expr) -> nodes.Node | None:
        """What an expression is in each row."""
        return self.check(expression, Shape.SERIES)

    def is_value(self, expression: tree.Expr) -> bool:
        """Whether something in it is known only at the judged row."""
        return is_value(expression, self.lets)

    @property
    def example(self) -> str:
        """A metric for the code in hints: the one that was read last, or one that is declared."""
        for names in (self.metrics, self.scope.metrics):
            plain = [one.name for one in names.values() if one.label is None]
            if plain:
                return plain[-1] if is_name(plain[-1]) else f"`{plain[-1]}`"
        return "kl"

    def is_declared(self, word: str) -> bool:
        return word in self.lets or word == self.knob or word in self.scope

    def _is_unknown(self, expression: tree.Expr) -> bool:
        return isinstance(expression, tree.Name) and not self.is_declared(expression.word)

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
                return check_compare(self, expression, place)
            case tree.Within():
                return self._within(expression, place)
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
        series = self.check(windowed.series, Shape.SERIES)
        if len(self.report.diagnostics) > before:
            return
        text = self.report.source.slice(windowed.span)
        if isinstance(windowed.window, tree.CountWindow) and windowed.window.count.value < 1:
            newest = self.report.source.slice(windowed.series.span)
            hint = f"`{newest}` alone is its newest value"
            message = "a window counts observations, from 1"
            self.report.add("PTT204", windowed.span, message, hint=hint)
            return
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
        self.denied.append(inverse.operand)
        operand = self.truth_operand(inverse.operand, place)
        self.denied.pop()
        return operand and nodes.Inverse(inverse.span, operand)

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


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


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
