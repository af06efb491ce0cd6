"""A block of expressions: the names that it has, the metrics that it reads, what it may hold."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from ptt_rules.language.check.scope import Asker, Report, Scope
from ptt_rules.language.diagnostics import Edit, Label
from ptt_rules.language.functions import OF_DETECTORS, OF_SERIES, OF_SIBLINGS, STATISTICS
from ptt_rules.language.ir import Metric, nodes
from ptt_rules.language.syntax import is_name, tree
from ptt_rules.language.types import Kind, Shape, Unit

MAX_EXPANDED_DEPTH = 200

HAVE_ROWS = frozenset({"observed", "prev"})
"""Functions of a series that give one."""

NO_SERIES_HINT = (
    "a window is of a metric, or of a formula: give it a name with `derive`, which has rows"
)


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
class Block(ABC):
    """Checks the expressions of one block; holds the state that they share.

    Expressions hold expressions, so each kind is checked with the others at hand: how is in
    `expressions`, and for calls, names and comparisons in files of their own.
    """

    report: Report
    scope: Scope
    label: str | None = None
    """The label of the family that the block is for each instance of."""
    asker: Asker | None = None
    """Who may ask here whether detectors fire; None where nobody may."""
    word: str | None = None
    """Of a family by list, the member that the block is checked for."""
    hyperparameter: str | None = None
    """The hyper-parameter that the expression sets."""
    is_formula: bool = False
    """Whether it is the formula of a `derive`, of which what looks back is a part at each row."""
    is_inner: bool = False
    """Whether it is inside a window or a function of a series."""
    looks_back: bool = False
    """Whether something in the formula looks back: an aggregate, or `streak`."""
    depth: int = 0
    """How many formulas that look back stand in one another, of those that were named."""
    lets: dict[str, Let] = field(default_factory=dict)
    blocks: Mapping[str, Mapping[str, nodes.Node]] = field(default_factory=dict)
    """The `let`s of detectors, for what is outside of them and reads `detector.name`."""
    metrics: dict[str, Metric] = field(default_factory=dict)
    latest: dict[str, nodes.Node] = field(default_factory=dict)
    """Metrics that were read without a window, by name."""
    denied: list[tree.Expr] = field(default_factory=list)
    """The operand of each open `not`, the innermost last."""
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
        node = self.node_of(expression, place)
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
        """Checks both sides of an operator; the unit of one side helps with a misspelt name on the
        other."""
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
        """Checks an expression as a series: its value in each row."""
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
        return word in self.lets or word == self.hyperparameter or word in self.scope

    def _is_unknown(self, expression: tree.Expr) -> bool:
        return isinstance(expression, tree.Name) and not self.is_declared(expression.word)

    def truth_operand(self, expression: tree.Expr, place: Shape) -> nodes.Node | None:
        node = self.check(expression, place)
        return None if node is None else self.as_truth(node, expression)

    def as_truth(self, node: nodes.Node, expression: tree.Expr) -> nodes.Node | None:
        """What was checked, where a truth is asked for: an argument is one then."""
        truth = _asked_as_truth(node)
        if truth is not None:
            return truth
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
        if isinstance(at[1], tree.Number) and at[1].measure:
            hint = _of_steps(text(at[0].span), text(at[1].span)) or hint
        elif isinstance(right, nodes.Constant):
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

    def inner_series(self, expression: tree.Expr) -> nodes.Node | None:
        """Checks what a window, or a function of a series, is of: no part of it looks back."""
        outer, self.is_inner = self.is_inner, True
        node = self.check(expression, Shape.SERIES)
        self.is_inner = outer
        return node

    def takes_value(self, at: tree.Call, place: Shape, what: str) -> bool:
        """Whether what is known in every row can stand in a place: as a value, or in a formula."""
        if place is not Shape.SERIES:
            return True
        if self.is_formula and not self.is_inner:
            return True
        self.no_series(at, what)
        return False

    def no_series(self, at: tree.Node, what: str) -> None:
        """Reports an expression in a window that has a value only at the judged row."""
        message = f"{what} at one row, a window needs a series"
        self.report.add("PTT204", at.span, message, hint=NO_SERIES_HINT)

    @abstractmethod
    def node_of(self, expression: tree.Expr, place: Shape) -> nodes.Node | None:
        """The node of one expression, of whatever kind; None where it was reported."""

    def _depth(self, node: nodes.Node) -> int:
        depth = self._depths.get(id(node))
        if depth is None:
            depth = 1 + max((self._depths.get(id(c), 0) for c in node.children), default=0)
            self._depths[id(node)] = depth
        return depth


def _asked_as_truth(node: nodes.Node) -> nodes.Node | None:
    if node.kind is Kind.BOOL:
        return node
    if isinstance(node, nodes.Config):
        return nodes.ConfigTruth(node.span, node.name)
    if isinstance(node, nodes.Coalesce):
        first, second = _asked_as_truth(node.first), _asked_as_truth(node.second)
        return first and second and nodes.Coalesce(node.span, first, second)
    return None


def _of_steps(asked: str, span: str) -> str | None:
    """What to write for `age(x) > 10 min`: an age is in steps."""
    inner = asked.removeprefix("age(").removesuffix(")")
    if f"age({inner})" != asked:
        return None
    return f"`age` is in steps; for time `count({inner}[{span}]) == 0` with `judged on every row`"


def is_value(expression: tree.Expr, lets: Mapping[str, Let]) -> bool:
    """Whether an expression has something in it that is known only at the judged row."""
    match expression:
        case tree.Name(word=word):
            let = lets.get(word)
            return let is not None and let.is_value
        case tree.Call(function=function, arguments=arguments):
            word = function.word
            known = word in STATISTICS or (word in OF_SERIES and word not in HAVE_ROWS)
            known = known or word in (OF_DETECTORS.word, OF_SIBLINGS.word)
            return known or any(is_value(argument, lets) for argument in arguments)
        case tree.Negative(operand=part) | tree.Not(operand=part):
            return is_value(part, lets)
        case tree.Within(parts=parts):
            return any(is_value(part, lets) for part in parts)
        case (
            tree.Arithmetic(left=left, right=right)
            | tree.Compare(left=left, right=right)
            | tree.Logic(left=left, right=right)
        ):
            return is_value(left, lets) or is_value(right, lets)
    return False
