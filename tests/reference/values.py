"""Values: what each node is at a row of a log, from all rows up to it."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Protocol

from ptt_rules.language.functions import FloatClass, Function
from ptt_rules.language.ir import AllWindow, nodes, resolved
from ptt_rules.language.types import Kind, Quantity
from ptt_rules.logs import rows_of
from tests.reference.keys import word_in
from tests.reference.log import Log
from tests.reference.statistics import (
    median,
    quantile,
    statistic_of_numbers,
    statistic_of_truths,
)
from tests.reference.windows import Content, Observation, Place, cut

Value = float | bool | None
"""A number, a truth, or unknown; of a series None means that it is not observed in the row."""


class Others(Protocol):
    """The detectors of a run, for those that ask whether one fires."""

    def answer(self, node: nodes.OfDetector, row: int, instance: str | None) -> bool | None: ...


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads a log, as one instance of a family sees it.

    `hyper-parameter` is what a policy finds the hyper-parameter at that it sets.
    """

    log: Log
    instance: str | None = None
    hyperparameter: float | None = None
    others: Others | None = None
    _others: dict[str, Reader] = field(default_factory=dict)
    _read: dict[tuple[int, int], Value] = field(default_factory=dict)
    _values: dict[int, list[Value]] = field(default_factory=dict)
    """Of a node what it is at each row, from the first one on."""
    _seen: dict[tuple[int, ...], list[Observation | None]] = field(default_factory=dict)
    """Of some series what each row is, from the first one on."""

    def of(self, word: str) -> Reader:
        """The log as an instance sees it."""
        return self._others.setdefault(word, Reader(self.log, word))

    def value(self, node: nodes.Node, row: int) -> Value:
        """What a node is at a row; the node has to outlive the reader."""
        key = id(node), row
        if key not in self._read:
            self._read[key] = value_of(node, row, self)
        return self._read[key]

    def values(self, node: nodes.Node, row: int) -> list[Value]:
        """What a node is at all rows so far, the newest last."""
        known = self._values.setdefault(id(node), [])
        known += [self.value(node, earlier) for earlier in range(len(known), row + 1)]
        return known[: row + 1]

    def number(self, node: nodes.Node, row: int) -> float | None:
        value = self.value(node, row)
        return None if value is None else float(value)

    def truth(self, node: nodes.Node, row: int) -> bool | None:
        value = self.value(node, row)
        return None if value is None else bool(value)

    def observations(self, series: tuple[nodes.Node, ...], row: int) -> list[Observation]:
        """All rows so far in which each series is observed, and finite where it is a number."""
        seen = self._seen.setdefault(tuple(map(id, series)), [])
        seen += [self._observation(series, earlier) for earlier in range(len(seen), row + 1)]
        return [one for one in seen[: row + 1] if one is not None]

    def _observation(self, series: tuple[nodes.Node, ...], row: int) -> Observation | None:
        numbers = [self.number(one, row) for one in series]
        known = tuple(n for n in numbers if n is not None and math.isfinite(n))
        return Observation(self.place(row), known) if len(known) == len(series) else None

    def has_one(self, series: tuple[nodes.Node, ...], row: int) -> bool:
        """Whether a row has one of some series."""
        return any(self.value(one, row) is not None for one in series)

    def place(self, row: int) -> Place:
        return Place(self.log.rows[row].step, self.log.clocks[row], self.log.epochs[row])


@singledispatch
def value_of(node: nodes.Node, row: int, reader: Reader) -> Value:
    """What a node is at a row."""
    raise TypeError(f"no meaning for {type(node).__name__}")


# ---- what the log and the run tell ---------------------------------------------------------


@value_of.register
def _(node: nodes.Constant, row: int, reader: Reader) -> Value:
    return float(node.value)


@value_of.register
def _(node: nodes.Literal, row: int, reader: Reader) -> Value:
    return node.value


@value_of.register
def _(node: nodes.Parameter, row: int, reader: Reader) -> Value:
    return float(reader.log.params[node.name])


@value_of.register
def _(node: nodes.Config, row: int, reader: Reader) -> Value:
    return reader.log.argument(node.name)


@value_of.register
def _(node: nodes.ConfigTruth, row: int, reader: Reader) -> Value:
    value = reader.log.context.config.get(node.name)
    return value if value is True or value is False else None


@value_of.register
def _(node: nodes.ConfigText, row: int, reader: Reader) -> Value:
    value = reader.log.context.config.get(node.name)
    return any(value == text for text in node.texts) if type(value) is str else None


@value_of.register
def _(node: nodes.RunFact, row: int, reader: Reader) -> Value:
    value = reader.log.context.facts.get(node.name)
    return None if value is None else float(value)


@value_of.register
def _(node: nodes.Column, row: int, reader: Reader) -> Value:
    logged = reader.log.rows[row].values
    return next((logged[key] for key in node.keys if key in logged), None)


@value_of.register
def _(node: nodes.FamilyColumn, row: int, reader: Reader) -> Value:
    return None if reader.instance is None else value_of(node.of(reader.instance), row, reader)


@value_of.register
def _(node: nodes.OfSiblings, row: int, reader: Reader) -> Value:
    metric = node.series
    if isinstance(metric, nodes.FamilyColumn) and reader.instance is not None:
        metric = metric.of(reader.instance)
    if not isinstance(metric, nodes.Column):
        return None
    step, newest = reader.log.rows[row].step, []
    for sibling in reader.log.context.siblings.runs:
        rows = list(rows_of(sibling.frame))
        told = [
            next(one.values[key] for key in metric.keys if key in one.values)
            for one in rows
            if one.step <= step and any(key in one.values for key in metric.keys)
        ]
        if told and step <= rows[-1].step and not math.isnan(told[-1]):
            newest.append(told[-1])
    if not newest:
        return None
    if node.share is None:
        return median(newest)
    share = reader.number(node.share, row)
    assert share is not None
    return quantile(newest, share)


@value_of.register
def _(node: nodes.Position, row: int, reader: Reader) -> Value:
    here = reader.log.rows[row]
    match node.quantity:
        case Quantity.STEP:
            return float(here.step)
        case Quantity.TIME:
            return reader.log.clocks[row]
        case Quantity.EPOCH:
            return reader.log.epochs[row]
        case Quantity.PROGRESS:
            steps = reader.log.argument("max_steps")  # trainers write -1 where there is no limit
            return here.step / steps if steps is not None and steps > 0 else None
        case Quantity.SINCE_RESUME:
            marks = [one.step for one in reader.log.rows[: row + 1] if one.resumed]
            return float(here.step - [reader.log.rows[0].step, *marks][-1])


@value_of.register
def _(node: nodes.Hyperparameter, row: int, reader: Reader) -> Value:
    return reader.hyperparameter


@value_of.register
def _(node: nodes.OfDetector, row: int, reader: Reader) -> Value:
    assert reader.others is not None
    return reader.others.answer(node, row, reader.instance)


# ---- series to values ----------------------------------------------------------------------


@value_of.register
def _(node: nodes.Latest, row: int, reader: Reader) -> Value:
    newest_first = reversed(reader.values(node.series, row))
    return next((value for value in newest_first if value is not None), None)


@value_of.register
def _(node: nodes.Prev, row: int, reader: Reader) -> Value:
    *earlier, now = reader.values(node.series, row)
    if now is None:
        return None
    return next((value for value in reversed(earlier) if value is not None), None)


@value_of.register
def _(node: nodes.Formula, row: int, reader: Reader) -> Value:
    return reader.value(node.formula, row) if reader.has_one(node.series, row) else None


@value_of.register
def _(node: nodes.Current, row: int, reader: Reader) -> Value:
    newest = next((n for n in range(row, -1, -1) if reader.has_one(node.series, n)), None)
    return None if newest is None else reader.value(node.formula, newest)


@value_of.register
def _(node: nodes.Aggregate, row: int, reader: Reader) -> Value:
    observations = reader.observations(node.series, row)
    window = resolved(node.window, reader.log.params)
    content = cut(window, observations, reader.place(row))
    if node.takes is Kind.BOOL:
        found = statistic_of_truths(node.statistic.word, content, window)
    else:
        argument = 0.0 if node.argument is None else reader.number(node.argument, row)
        assert argument is not None  # a number or a parameter
        found = statistic_of_numbers(node.statistic.word, content, window, argument)
    return bool(found) if node.kind is Kind.BOOL and found is not None else found


@value_of.register
def _(node: nodes.AnyOf, row: int, reader: Reader) -> Value:
    keys = reader.log.rows[row].values
    words = (word_in(pattern, node.label, key) for pattern in node.patterns for key in keys)
    return True if any(word is not None for word in words) else None


@value_of.register
def _(node: nodes.Each, row: int, reader: Reader) -> Value:
    keys = {key for earlier in reader.log.rows[: row + 1] for key in earlier.values}
    patterns = node.presence.patterns
    found = {word_in(pattern, node.presence.label, key) for pattern in patterns for key in keys}
    words = sorted(word for word in found if word is not None)
    return over(node, [reader.of(word).value(node.of.node, row) for word in words], row, reader)


@value_of.register
def _(node: nodes.Members, row: int, reader: Reader) -> Value:
    return over(node, [reader.value(one, row) for one in node.members], row, reader)


def over(node: nodes.Each | nodes.Members, values: list[Value], row: int, reader: Reader) -> Value:
    """A statistic of what instances are now, as of a window that has just these numbers."""
    known = [float(value) for value in values if value is not None]
    here = reader.place(row)
    content = Content([Observation(here, (n,)) for n in known if math.isfinite(n)], bool(known))
    content = Content(content.observations, bool(content.observations))
    word = node.statistic.word
    if node.takes is Kind.BOOL:
        found = statistic_of_truths(word, content, AllWindow())
    else:
        argument = 0.0 if node.argument is None else reader.number(node.argument, row)
        found = statistic_of_numbers(word, content, AllWindow(), argument or 0.0)
    return bool(found) if node.kind is Kind.BOOL and found is not None else found


@value_of.register
def _(node: nodes.Streak, row: int, reader: Reader) -> Value:
    truths = [one.values[0] for one in reader.observations((node.series,), row)]
    if not truths:
        return None
    streak = 0
    while streak < len(truths) and truths[-1 - streak] == 1.0:
        streak += 1
    return float(streak)


@value_of.register
def _(node: nodes.StepOf, row: int, reader: Reader) -> Value:
    step = float(reader.log.rows[row].step)
    return None if reader.value(node.series, row) is None else step


@value_of.register
def _(node: nodes.Known, row: int, reader: Reader) -> Value:
    return reader.value(node.operand, row) is not None


# ---- numbers -------------------------------------------------------------------------------


@value_of.register
def _(node: nodes.Arithmetic, row: int, reader: Reader) -> Value:
    left, right = reader.number(node.left, row), reader.number(node.right, row)
    if left is None or right is None or (node.operator == "/" and right == 0):
        return None
    return _ARITHMETIC[node.operator](left, right)


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


@value_of.register
def _(node: nodes.Negate, row: int, reader: Reader) -> Value:
    number = reader.number(node.operand, row)
    return None if number is None else -number


@value_of.register
def _(node: nodes.Apply, row: int, reader: Reader) -> Value:
    numbers = [reader.number(operand, row) for operand in node.operands]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers):
        return None
    if any(map(math.isnan, known)):
        return math.nan
    return _FUNCTIONS[node.function](*known)


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _floor(x: float) -> float:
    return float(math.floor(x)) if math.isfinite(x) else x


_FUNCTIONS: dict[Function, Callable[..., float | None]] = {
    Function.ABS: abs,
    Function.LOG: lambda x: math.log(x) if x > 0 else None,
    Function.EXP: _exp,
    Function.SQRT: lambda x: math.sqrt(x) if x >= 0 else None,
    Function.SIGN: lambda x: math.copysign(1.0, x) if x != 0 else x,
    Function.FLOOR: _floor,
    Function.LEAST: min,
    Function.GREATEST: max,
}


@value_of.register
def _(node: nodes.Coalesce, row: int, reader: Reader) -> Value:
    first = reader.value(node.first, row)
    return reader.value(node.second, row) if first is None else first


# ---- truths --------------------------------------------------------------------------------


@value_of.register
def _(node: nodes.Compare, row: int, reader: Reader) -> Value:
    left, right = reader.number(node.left, row), reader.number(node.right, row)
    if left is None or right is None or math.isnan(left) or math.isnan(right):
        return None
    return _COMPARISONS[node.operator](left, right)


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@value_of.register
def _(node: nodes.And, row: int, reader: Reader) -> Value:
    sides = reader.truth(node.left, row), reader.truth(node.right, row)
    if False in sides:
        return False
    return None if None in sides else True


@value_of.register
def _(node: nodes.Or, row: int, reader: Reader) -> Value:
    sides = reader.truth(node.left, row), reader.truth(node.right, row)
    if True in sides:
        return True
    return None if None in sides else False


@value_of.register
def _(node: nodes.AtLeast, row: int, reader: Reader) -> Value:
    """It is known where whatever the unknown ones are would change nothing."""
    count = reader.value(node.count, row)
    truths = [reader.truth(one, row) for one in node.operands]
    worst, best = (sum(each is True or (each is None and open_) for each in truths)
                   for open_ in (False, True))  # fmt: skip
    if count is None or (worst >= count) is not (best >= count):
        return None
    return worst >= count


@value_of.register
def _(node: nodes.Not, row: int, reader: Reader) -> Value:
    truth = reader.truth(node.operand, row)
    return None if truth is None else not truth


@value_of.register
def _(node: nodes.FloatTest, row: int, reader: Reader) -> Value:
    number = reader.number(node.operand, row)
    return None if number is None else _FLOAT_TESTS[node.float_class](number)


_FLOAT_TESTS: dict[FloatClass, Callable[[float], bool]] = {
    FloatClass.NAN: math.isnan,
    FloatClass.INF: math.isinf,
    FloatClass.FINITE: math.isfinite,
}
