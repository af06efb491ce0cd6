"""Expressions: tree to typed nodes.

Each expression is read in one of two places. In a *value's* place a metric is its latest
observation; in a *series'* place, inside of an aggregate's window, it is the column itself.
What is wrong is reported once and yields None, which silences whatever is built on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ptt_rules.check.scope import BUILT_IN_LATER, Report, Scope, did_you_mean
from ptt_rules.check.windows import check_window
from ptt_rules.diagnostics import Label
from ptt_rules.functions import (
    AGGREGATES,
    FLOAT_TESTS,
    HABITS,
    LATER,
    LATER_AGGREGATES,
    AggregateSignature,
)
from ptt_rules.ir import nodes
from ptt_rules.ir.pack import Metric
from ptt_rules.syntax import tree
from ptt_rules.types import Kind, Shape, Unit

MAX_EXPANDED_DEPTH = 200


@dataclass
class Let:
    """A name of a block: its tree, and its nodes once they were needed in either place."""

    expression: tree.Expr
    is_value: bool
    value: nodes.Node | None = None
    series: nodes.Node | None = None
    series_checked: bool = False


@dataclass
class ExpressionChecker:
    """Checks the expressions of one block; remembers which metrics they read."""

    report: Report
    scope: Scope
    lets: dict[str, Let] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)
    latest: dict[str, nodes.Node] = field(default_factory=dict)
    """Metrics that were read without a window, by name."""
    has_labels: bool = False
    """Whether texts may name labels of a family, which are not known yet."""
    _depths: dict[int, int] = field(default_factory=dict)

    # ---- entries ---------------------------------------------------------------------------

    def truth(self, expression: tree.Expr) -> nodes.Node | None:
        """The condition that an expression states at the judged row."""
        node = self.check(expression, Shape.VALUE)
        return self._want(node, Kind.TRUTH, "a condition is needed here")

    def value(self, expression: tree.Expr) -> nodes.Node | None:
        """The number or truth that an expression is at the judged row."""
        return self.check(expression, Shape.VALUE)

    def check(self, expression: tree.Expr, place: Shape) -> nodes.Node | None:
        node = self._dispatch(expression, place)
        if node is not None and self._depth(node) > MAX_EXPANDED_DEPTH:
            message = f"this is nested more than {MAX_EXPANDED_DEPTH} levels deep with its `let`s"
            self.report.add("PTT005", expression.span, message, hint="state it more simply")
            return None
        return node

    def _depth(self, node: nodes.Node) -> int:
        depth = self._depths.get(id(node))
        if depth is None:
            depth = 1 + max((self._depths.get(id(c), 0) for c in node.children), default=0)
            self._depths[id(node)] = depth
        return depth

    def _dispatch(self, expression: tree.Expr, place: Shape) -> nodes.Node | None:
        match expression:
            case tree.Number():
                return self._number(expression)
            case tree.Text():
                self._text(expression)
                return None
            case tree.Name():
                return self._name(expression, place)
            case tree.Key():
                return self._key(expression, place)
            case tree.Call():
                return self._call(expression, place)
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
            case tree.Windowed():
                self._stray_window(expression)
                return None
            case tree.Member():
                return self._member(expression)
            case tree.Instance():
                self.report.later(expression.span, "instances of metric families are")
                return None

    # ---- leaves ----------------------------------------------------------------------------

    def _number(self, number: tree.Number) -> nodes.Node:
        unit = Unit.RATIO if number.form else None
        return nodes.Constant(number.span, number.value, unit)

    def _text(self, text: tree.Text) -> None:
        hint = "compare with a number"
        try:
            float(text.value)
        except ValueError:
            pass
        else:
            hint = f"write the number without quotes: `{text.value}`"
        self.report.add("PTT209", text.span, "a number is needed here, this is a text", hint=hint)

    def _name(self, name: tree.Name, place: Shape) -> nodes.Node | None:
        word = name.word
        if word in self.lets:
            return self._let(name, place)
        if word in self.scope.metrics:
            return self._metric(self.scope.metrics[word], name, place)
        if word in self.scope.params:
            param = self.scope.params[word]
            return nodes.Constant(name.span, param.value, param.unit)
        if word not in self.scope.broken:
            self._unknown_name(name)
        return None

    def _let(self, name: tree.Name, place: Shape) -> nodes.Node | None:
        let = self.lets[name.word]
        if place is Shape.VALUE:
            return let.value
        if let.value is None:
            return None
        if let.is_value:
            message = f"`{name.word}` is a value at one row, a window needs a series"
            hint = "put the window on a metric, or on arithmetic of metrics"
            self.report.add("PTT204", name.span, message, hint=hint)
            return None
        if not let.series_checked:
            let.series_checked = True
            let.series = self.check(let.expression, Shape.SERIES)
        return let.series

    def _metric(self, metric: Metric, at: tree.Name | tree.Key, place: Shape) -> nodes.Node:
        self.metrics[metric.name] = metric
        column = nodes.Column(at.span, metric.keys, metric.unit)
        if place is Shape.SERIES:
            return column
        latest = nodes.Latest(at.span, column)
        self.latest.setdefault(metric.name, latest)
        return latest

    def _key(self, key: tree.Key, place: Shape) -> nodes.Node:
        return self._metric(Metric(key.key, (key.key,), None, span=key.span), key, place)

    def _member(self, member: tree.Member) -> nodes.Node | None:
        if member.owner.word == "config":
            return nodes.Config(member.span, member.member.word)
        message = f"`{member.owner.word}.{member.member.word}` is no quantity"
        hint = "metrics and parameters have plain names; write a logged key in backticks"
        self.report.add("PTT101", member.span, message, hint=hint)
        return None

    def _unknown_name(self, name: tree.Name) -> None:
        if name.word in BUILT_IN_LATER:
            self.report.later(name.span, f"`{name.word}` in expressions is")
            return
        names = [*self.lets, *self.scope.names()]
        hint = did_you_mean(
            name.word,
            names,
            f'declare it: `metric {name.word}: none = "the/logged/key"`, '
            "or write the logged key in backticks",
        )
        self.report.add("PTT101", name.span, f"nothing is called `{name.word}`", hint=hint)

    # ---- operators -------------------------------------------------------------------------

    def _negative(self, negative: tree.Negative, place: Shape) -> nodes.Node | None:
        operand = self._number_operand(negative.operand, place)
        if isinstance(operand, nodes.Constant):
            return nodes.Constant(negative.span, -operand.value, operand.unit)
        return operand and nodes.Negate(negative.span, operand)

    def _inverse(self, inverse: tree.Inverse, place: Shape) -> nodes.Node | None:
        operand = self._truth_operand(inverse.operand, place)
        return operand and nodes.Inverse(inverse.span, operand)

    def _arithmetic(self, arithmetic: tree.Arithmetic, place: Shape) -> nodes.Node | None:
        left = self._number_operand(arithmetic.left, place)
        right = self._number_operand(arithmetic.right, place)
        if left is None or right is None:
            return None
        if arithmetic.operator in "+-" and not self._same_unit(left, right):
            return None
        unit = _unit_of(arithmetic.operator, left.unit, right.unit)
        return nodes.Arithmetic(arithmetic.span, arithmetic.operator, left, right, unit)

    def _compare(self, compare: tree.Compare, place: Shape) -> nodes.Node | None:
        if isinstance(compare.left, (tree.Compare, tree.Within)):
            hint = "write `a < b and b < c`, or `b in a..c`"
            message = "comparisons do not chain"
            self.report.add("PTT207", compare.operator_span, message, hint=hint)
            return None
        left = self._number_operand(compare.left, place)
        right = self._number_operand(compare.right, place)
        if left is None or right is None or not self._same_unit(left, right):
            return None
        return nodes.Compare(compare.span, compare.operator, left, right)

    def _within(self, within: tree.Within, place: Shape) -> nodes.Node | None:
        operand = self._number_operand(within.operand, place)
        bounds = [
            (operator, self._number(bound))
            for operator, bound in ((">=", within.range.low), ("<=", within.range.high))
            if bound is not None
        ]
        if not bounds:
            hint = "give one end or both: `0.68..0.71`, `0..`, `..1`"
            self.report.add("PTT206", within.range.span, "a range needs an end", hint=hint)
            return None
        if operand is None or not all(self._same_unit(operand, bound) for _, bound in bounds):
            return None
        first, *rest = (nodes.Compare(within.span, op, operand, bound) for op, bound in bounds)
        return nodes.Both(within.span, first, rest[0]) if rest else first

    def _logic(self, logic: tree.Logic, place: Shape) -> nodes.Node | None:
        left = self._truth_operand(logic.left, place)
        right = self._truth_operand(logic.right, place)
        if left is None or right is None:
            return None
        node_class = nodes.Both if logic.operator == "and" else nodes.Either
        return node_class(logic.span, left, right)

    def _number_operand(self, expression: tree.Expr, place: Shape) -> nodes.Node | None:
        node = self.check(expression, place)
        return self._want(node, Kind.NUMBER, "a number is needed here")

    def _truth_operand(self, expression: tree.Expr, place: Shape) -> nodes.Node | None:
        node = self.check(expression, place)
        return self._want(node, Kind.TRUTH, "a condition is needed here")

    def _want(self, node: nodes.Node | None, kind: Kind, need: str) -> nodes.Node | None:
        if node is None or node.kind is kind:
            return node
        found = "true or false" if node.kind is Kind.TRUTH else "a number"
        hint = "compare it, such as `... > 0.3`" if kind is Kind.TRUTH else None
        if kind is Kind.NUMBER:
            hint = "join conditions with `and` or `or`; count them with `count((...)[20])`"
        self.report.add("PTT201", node.span, f"{need}, this is {found}", hint=hint)
        return None

    def _same_unit(self, left: nodes.Node, right: nodes.Node) -> bool:
        if left.unit is None or right.unit is None or left.unit is right.unit:
            return True
        text = self.report.source.slice
        message = (
            f"`{text(left.span)}` is {left.unit.phrase}, `{text(right.span)}` is "
            f"{right.unit.phrase}"
        )
        hint = f"compare with {left.unit.a_number}"
        if isinstance(right, nodes.Constant):
            hint += f", such as `{right.value:g}`"
        labels = (Label(left.span, left.unit.value),)
        self.report.add(
            "PTT203", right.span, message, hint=hint, note=right.unit.value, labels=labels
        )
        return False

    # ---- functions -------------------------------------------------------------------------

    def _call(self, call: tree.Call, place: Shape) -> nodes.Node | None:
        word = call.function.word
        if word in FLOAT_TESTS:
            return self._float_test(call, place)
        if word in AGGREGATES:
            return self._aggregate(call, AGGREGATES[word], place)
        if word in LATER:
            self.report.later(call.function.span, f"the function `{word}` is")
            return None
        known = [*AGGREGATES, *FLOAT_TESTS, *LATER]
        habit = HABITS.get(word)
        hint = f"write `{habit}`" if habit else did_you_mean(word, known)
        self.report.add("PTT101", call.function.span, f"there is no function `{word}`", hint=hint)
        return None

    def _float_test(self, call: tree.Call, place: Shape) -> nodes.Node | None:
        if len(call.arguments) != 1:
            self._arity(call, f"{call.function.word}(grad_norm)")
            return None
        operand = self._number_operand(call.arguments[0], place)
        return operand and nodes.FloatTest(call.span, FLOAT_TESTS[call.function.word], operand)

    def _aggregate(
        self, call: tree.Call, signature: AggregateSignature, place: Shape
    ) -> nodes.Node | None:
        word = call.function.word
        if len(call.arguments) != 1:
            self._arity(call, f"{word}(kl[20])")
            return None
        argument = call.arguments[0]
        if not isinstance(argument, tree.Windowed):
            self._missing_window(call, argument)
            return None
        if place is Shape.SERIES:
            message = f"`{word}` gives a value at one row, a window needs a series"
            hint = "put the window on a metric, or on arithmetic of metrics"
            self.report.add("PTT204", call.span, message, hint=hint)
            return None
        series = self._series(argument)
        window = check_window(self.report, argument.window, signature)
        if series is None or window is None:
            return None
        if series.kind not in signature.takes:
            self._wrong_series(call, argument, series.kind)
            return None
        return nodes.Aggregate(call.span, signature.statistic, series, window)

    def _series(self, windowed: tree.Windowed) -> nodes.Node | None:
        if isinstance(windowed.series, tree.Windowed):
            message = "a series has one window"
            self.report.add("PTT204", windowed.span, message, hint="leave one of them out")
            return None
        series = self.check(windowed.series, Shape.SERIES)
        if series is not None and series.shape is not Shape.SERIES:
            text = self.report.source.slice(windowed.series.span)
            hint = "a window stands on a metric: `mean(kl[20])`"
            message = f"`{text}` is a plain number, a window needs a series"
            self.report.add("PTT204", windowed.span, message, hint=hint)
            return None
        return series

    def _missing_window(self, call: tree.Call, argument: tree.Expr) -> None:
        text = self.report.source.slice(argument.span)
        shown = text if isinstance(argument, (tree.Name, tree.Key)) else f"({text})"
        self.report.add(
            "PTT205",
            argument.span,
            f"`{call.function.word}` needs a window: which observations of `{text}`?",
            hint=f"write `{call.function.word}({shown}[20])` for the last 20",
        )

    def _wrong_series(self, call: tree.Call, argument: tree.Windowed, kind: Kind) -> None:
        word = call.function.word
        text = self.report.source.slice(argument.series.span)
        if kind is Kind.TRUTH:
            message = f"`{word}` is of numbers, `{text}` is true or false"
            hint = "use `share`, `count`, `any` or `all` on conditions"
        else:
            message = f"`{word}` is of conditions, `{text}` is a number"
            hint = f"compare it first: `{word}(({text} > 0.3)[20])`"
        self.report.add("PTT201", argument.series.span, message, hint=hint)

    def _arity(self, call: tree.Call, example: str) -> None:
        message = f"`{call.function.word}` takes one argument, not {len(call.arguments)}"
        self.report.add("PTT202", call.span, message, hint=f"write `{example}`")

    def _stray_window(self, windowed: tree.Windowed) -> None:
        self.check(windowed.series, Shape.SERIES)
        text = self.report.source.slice(windowed.span)
        self.report.add(
            "PTT204",
            windowed.span,
            "a window stands only inside of an aggregate",
            hint=f"write `mean({text})`, or another aggregate",
        )


def is_value(expression: tree.Expr, lets: Mapping[str, Let]) -> bool:
    """Whether an expression has an aggregate in it, so that it is no series."""
    match expression:
        case tree.Name(word=word):
            let = lets.get(word)
            return let is not None and let.is_value
        case tree.Call(function=function, arguments=arguments):
            known = function.word in AGGREGATES or function.word in LATER_AGGREGATES
            return known or any(is_value(argument, lets) for argument in arguments)
        case tree.Negative(operand=operand) | tree.Inverse(operand=operand):
            return is_value(operand, lets)
        case tree.Within(operand=operand):
            return is_value(operand, lets)
        case (
            tree.Arithmetic(left=left, right=right)
            | tree.Compare(left=left, right=right)
            | tree.Logic(left=left, right=right)
        ):
            return is_value(left, lets) or is_value(right, lets)
    return False


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
