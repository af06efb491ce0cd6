"""Conditions as trees of parts, each as it is written and with its value at one row.

The syntax tree says how a condition is written, the program's operations what it is; both are
walked side by side. Each expression is lowered to one operation whose inputs are its own parts
in their order, with few exceptions: a `let` is what it stands for, `x in a..b` is two
comparisons, `clamp` is two functions, and questions about a series are leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ptt_rules.evaluation.compiled import CompiledDetector
from ptt_rules.evaluation.polars import held
from ptt_rules.evaluation.replay import FrameReplay
from ptt_rules.evaluation.why.data import Logged, Part, Role, Value
from ptt_rules.evaluation.why.reasons import Reasons
from ptt_rules.language import Level, Source
from ptt_rules.language.functions import OF_DETECTORS, OF_SERIES, OF_SIBLINGS, STATISTICS
from ptt_rules.language.ir import Declaration, nodes
from ptt_rules.language.passes import Program
from ptt_rules.language.syntax import tree
from ptt_rules.language.syntax.format import Printer

_WHOLE = frozenset({*OF_SERIES, OF_SIBLINGS.word, OF_DETECTORS.word})
"""Functions of what has a name and no value: a series, the runs beside this one, a detector."""

Placed = tuple[Source, tree.Expr, int]
"""An expression in its source, and the operation that computes it."""

Lets = Mapping[str, tuple[Source, tree.Expr]]
"""The expressions of a block's `let`s by name, each with the source that it stands in."""


class PartMaker:
    """Makes the parts of the conditions of one block at one row; explains each `let` once."""

    def __init__(self, whole: FrameReplay, lets: Lets, row: int) -> None:
        self._whole = whole
        self._row = row
        self._reasons = Reasons(whole, row)
        self._lets = lets
        self._explained: set[str] = set()

    def part(self, placed: Placed) -> Part:
        """The part that an expression is."""
        source, expression, number = placed
        if isinstance(expression, tree.Name) and expression.word in self._lets:
            return self._let(expression.word, number)
        text = Printer(source).expression(expression)
        if isinstance(expression, tree.Call) and expression.function.word in STATISTICS:
            return self._aggregate(placed, text)
        part = Part(text, self._value(number), _role(expression), parts=tuple(self._parts(placed)))
        if isinstance(expression, (tree.Name, tree.Key, tree.Instance, tree.Member)):
            part = self._named(part, number)
        if part.value is None:
            compared = self._compared(expression, number)
            part = replace(part, unknown=self._reasons.of(compared, _asked_of(source, expression)))
        return part

    # ---- leaves ----------------------------------------------------------------------------

    def _let(self, word: str, number: int) -> Part:
        if word in self._explained:
            return Part(word, self._value(number), name=word, is_above=True)
        self._explained.add(word)
        source, expression = self._lets[word]
        part = self.part((source, expression, number))
        if part.name is None:
            return replace(part, name=word)
        return Part(part.name, part.value, name=word, parts=(part,))

    def _named(self, part: Part, number: int) -> Part:
        operation = self._whole.program.operations[number]
        match operation.node:
            case nodes.Constant():
                return replace(part, role=Role.PARAMETER)
            case nodes.RunFact():
                return replace(part, role=Role.FACT)
            case nodes.Config():
                return replace(part, role=Role.CONFIG)
            case nodes.Current():
                logged = self._logged(operation.inputs[1])
                return replace(part, role=Role.METRIC, logged=logged)
            case nodes.Latest():
                logged = self._logged(operation.inputs[0])
                return replace(part, role=Role.METRIC, logged=logged)
        return part

    def _logged(self, series: int) -> Logged | None:
        """Where the newest observation of a series is."""
        rows = self._whole.columns[series].head(self._row + 1).is_not_null().arg_true()
        if not len(rows):
            return None
        step, now = self._whole.steps[rows[-1]], self._whole.steps[self._row]
        return Logged(rows[-1], step, now - step)

    def _aggregate(self, placed: Placed, text: str) -> Part:
        source, expression, number = placed
        assert isinstance(expression, tree.Call)
        operation = self._whole.program.operations[number]
        node = operation.node
        if isinstance(node, nodes.OverInstances):
            value = self._value(number)
            unknown = "no instance has a value" if value is None else None
            return Part(text, value, Role.WINDOW, unknown=unknown)
        assert isinstance(node, nodes.Aggregate)
        series = tuple(self._whole.columns[one] for one in operation.inputs[: len(node.series)])
        inside = held(node, series, self._whole.rows, self._row)
        value, unknown = self._value(number), None
        if value is None:
            of = " and ".join(
                Printer(source).expression(one.series)
                for one in expression.arguments
                if isinstance(one, tree.Windowed)
            )
            unknown = self._reasons.of_window(number, of, inside)
        inputs = operation.inputs
        if node.is_of_excess:
            inputs = self._whole.program.operations[inputs[0]].inputs
        parts = self._all(source, expression.arguments, inputs)
        return Part(text, value, Role.WINDOW, unknown=unknown, held=inside, parts=tuple(parts))

    # ---- inner parts -----------------------------------------------------------------------

    def _parts(self, placed: Placed) -> Iterator[Part]:
        source, expression, number = placed
        inputs = self._whole.program.operations[number].inputs
        match expression:
            case tree.Call(function=function, arguments=arguments):
                if function.word in _WHOLE:
                    return
                while len(inputs) < len(arguments):  # what takes several is nested
                    inputs = (*self._whole.program.operations[inputs[0]].inputs, *inputs[1:])
                yield from self._all(source, arguments, inputs)
            case tree.Negative(operand=operand) | tree.Not(operand=operand):
                yield from self._all(source, (operand,), inputs)
            case tree.Within(within=tree.Choices()):
                return
            case tree.Compare() if _is_of_text(expression):
                return
            case tree.Within(parts=parts):
                ends = [self._whole.program.operations[one].inputs for one in inputs]
                yield from self._all(source, parts, (*ends[0], ends[1][1]))
            case tree.Logic():
                operands = operands_of(self._whole.program, placed, expression.operator)
                yield from map(self.part, operands)
            case tree.Arithmetic(left=left, right=right) | tree.Compare(left=left, right=right):
                yield from self._all(source, (left, right), inputs)

    def _all(
        self, source: Source, expressions: tuple[tree.Expr, ...], numbers: tuple[int, ...]
    ) -> Iterator[Part]:
        """Parts of expressions; numbers and windows say nothing more than their text."""
        for expression, number in zip(expressions, numbers, strict=False):
            if not _is_plain(expression):
                yield self.part((source, expression, number))

    def _compared(self, expression: tree.Expr, number: int) -> int:
        """The operation that an expression is; of the two of `x in a..b` the first, and that of
        `config.x == "a"` for its opposite."""
        if isinstance(expression, tree.Within) and isinstance(expression.within, tree.Between):
            return self._whole.program.operations[number].inputs[0]
        if _is_of_text(expression) and self._whole.program.operations[number].inputs:
            return self._whole.program.operations[number].inputs[0]
        return number

    def _value(self, number: int) -> Value:
        value: Value = self._whole.columns[number][self._row]
        return value


def lets_of(declaration: Declaration | None) -> Lets:
    """The expressions of a detector's `let`s, each with the source that it stands in."""
    assert declaration is not None  # whatever a file declares has one
    return {
        placed.clause.name.word: (placed.source, placed.clause.value)
        for placed in declaration.clauses
        if isinstance(placed.clause, tree.LetClause)
    }


def conditions_of(compiled: CompiledDetector) -> Iterator[tuple[Level, Placed]]:
    """The condition of each level, from worst to mildest."""
    declaration = compiled.detector.declaration
    assert declaration is not None
    written = {
        Level.of(placed.clause.level): (placed.source, placed.clause.condition)
        for placed in declaration.clauses
        if isinstance(placed.clause, tree.LevelClause)
    }
    for level, number in compiled.levels:
        yield level, (*written[level], number)


def until_of(compiled: CompiledDetector) -> Placed | None:
    """The condition of `until`."""
    declaration, number = compiled.detector.declaration, compiled.until
    assert declaration is not None
    for placed in declaration.clauses:
        if isinstance(placed.clause, tree.UntilClause) and number is not None:
            return placed.source, placed.clause.condition, number
    return None


def operands_of(program: Program, placed: Placed, operator: str) -> Iterator[Placed]:
    """The operands of a chain of `and`, or of `or`."""
    source, expression, number = placed
    if isinstance(expression, tree.Logic) and expression.operator == operator:
        left, right = program.operations[number].inputs
        yield from operands_of(program, (source, expression.left, left), operator)
        yield source, expression.right, right
    else:
        yield placed


def _role(expression: tree.Expr) -> Role:
    if isinstance(expression, tree.Logic):
        return Role.ANY if expression.operator == "or" else Role.ALL
    return Role.FORMULA


def _is_plain(expression: tree.Expr) -> bool:
    if isinstance(expression, tree.Negative):
        return _is_plain(expression.operand)
    return isinstance(expression, (tree.Number, tree.Windowed))


def _is_of_text(expression: tree.Expr) -> bool:
    """Whether it compares an argument with a text."""
    if not isinstance(expression, tree.Compare):
        return False
    return any(isinstance(side, tree.Text) for side in (expression.left, expression.right))


def _asked_of(source: Source, expression: tree.Expr) -> str:
    """The series that an expression asks for, as it is written."""
    if isinstance(expression, tree.Call):
        expression = expression.arguments[0]
    return Printer(source).expression(expression)
