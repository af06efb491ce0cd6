"""Row by row: each elementwise operation as the source of a Python expression.

Values are floats or truths; None is unknown or, for a series, not observed in this row. The
live engine runs thousands of operations a row, so that it makes one function of them
(`ptt_rules.evaluation.row.code`); the texts here are its parts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, singledispatch
from typing import Any

from ptt_rules.language.functions import FloatClass, Function
from ptt_rules.language.ir import nodes

Value = float | bool | None
Compute = Callable[[list[Any]], Value]
"""A function of the values of all operations before it at this row."""


@dataclass(frozen=True, slots=True)
class Operand:
    """What an operation reads, as source; `is_known` ones are never None."""

    text: str
    is_known: bool = False
    is_ordered: bool = False
    """Whether it is never NaN."""
    is_literal: bool = False
    """Whether its text is its value."""
    is_settled: bool = False
    """Whether it is the same in all rows of a run."""

    @property
    def is_unknown(self) -> bool:
        """Whether it is None in every row."""
        return self.text == "None"


UNKNOWN = Operand("None", is_literal=True, is_settled=True)


def literal(value: Value) -> Operand:
    """What is the same in all rows of all runs."""
    if value is None:
        return UNKNOWN
    # what is not finite is a name; a number of another library would be its own `repr`
    text = str(value) if isinstance(value, bool) else repr(float(value))
    is_ordered = not math.isnan(value)
    return Operand(text, is_known=True, is_ordered=is_ordered, is_literal=True, is_settled=True)


@singledispatch
def source(node: nodes.Node, operands: Sequence[Operand]) -> str:
    """The expression of an elementwise node; names in it are those of `NAMES`."""
    raise TypeError(f"{type(node).__name__} is not elementwise")


def compute(node: nodes.Node, inputs: tuple[int, ...]) -> Compute:
    """The function of an elementwise node; its inputs are places in the values."""
    return _compiled(source(node, [Operand(f"values[{each}]") for each in inputs]))


@lru_cache(maxsize=1024)
def _compiled(expression: str) -> Compute:
    made: Compute = eval(f"lambda values: {expression}", NAMES)
    return made


def _if_known(operands: Sequence[Operand], result: str, *more: str) -> str:
    """A result that is unknown where an operand is, or where one more test holds."""
    tests = [f"{each.text} is None" for each in operands if not each.is_known]
    tests += more
    return f"None if {' or '.join(tests)} else {result}" if tests else result


def any_known(operands: Sequence[Operand]) -> str:
    """Whether one of some operands is known."""
    tests = [f"{each.text} is not None" for each in operands if not each.is_unknown]
    return f"({' or '.join(tests)})" if tests else "False"


# ---- nodes ---------------------------------------------------------------------------------


@source.register
def _(node: nodes.Constant, operands: Sequence[Operand]) -> str:
    return literal(node.value).text


@source.register
def _(node: nodes.Negate, operands: Sequence[Operand]) -> str:
    return _if_known(operands, f"-{operands[0].text}")


@source.register
def _(node: nodes.Arithmetic, operands: Sequence[Operand]) -> str:
    a, b = operands
    by_zero = [f"{b.text} == 0"] if node.operator == "/" else []
    return _if_known(operands, f"{a.text} {node.operator} {b.text}", *by_zero)


_OPPOSITES = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
"""Of two numbers one of them holds, with a NaN none."""


@source.register
def _(node: nodes.Compare, operands: Sequence[Operand]) -> str:
    a, b = operands
    holds = f"{a.text} {node.operator} {b.text}"
    if a.is_ordered and b.is_ordered:
        return _if_known(operands, holds)
    if node.operator in _OPPOSITES:
        fails = f"{a.text} {_OPPOSITES[node.operator]} {b.text}"
        return _if_known(operands, f"True if {holds} else False if {fails} else None")
    # a NaN is the only float that differs from itself
    are_nan = [f"{each.text} != {each.text}" for each in operands if not each.is_ordered]
    return _if_known(operands, holds, *are_nan)


@source.register
def _(node: nodes.And, operands: Sequence[Operand]) -> str:
    return _kleene(operands, "False", "True")


@source.register
def _(node: nodes.Or, operands: Sequence[Operand]) -> str:
    return _kleene(operands, "True", "False")


def _kleene(operands: Sequence[Operand], decides: str, otherwise: str) -> str:
    a, b = operands
    decided = f"{a.text} is {decides} or {b.text} is {decides}"
    return f"{decides} if {decided} else {_if_known(operands, otherwise)}"


@source.register
def _(node: nodes.AtLeast, operands: Sequence[Operand]) -> str:
    count, *truths = (each.text for each in operands)
    return f"at_least({count}, ({', '.join(truths)},))"


@source.register
def _(node: nodes.Not, operands: Sequence[Operand]) -> str:
    return _if_known(operands, f"not {operands[0].text}")


_FLOAT_TESTS = {
    FloatClass.NAN: "{0} != {0}",
    FloatClass.INF: "isinf({0})",
    FloatClass.FINITE: "isfinite({0})",
}


@source.register
def _(node: nodes.FloatTest, operands: Sequence[Operand]) -> str:
    return _if_known(operands, _FLOAT_TESTS[node.float_class].format(operands[0].text))


_TWO_NUMBERS = {
    Function.LEAST: "{1} if {1} < {0} or {1} != {1} else {0}",
    Function.GREATEST: "{1} if {1} > {0} or {1} != {1} else {0}",
}


@source.register
def _(node: nodes.Apply, operands: Sequence[Operand]) -> str:
    texts = [each.text for each in operands]
    two = _TWO_NUMBERS.get(node.function)
    called = f"{node.function.value}_of({texts[0]})" if two is None else two.format(*texts)
    return _if_known(operands, called)


@source.register
def _(node: nodes.Coalesce, operands: Sequence[Operand]) -> str:
    first, second = operands
    if first.is_known:
        return first.text
    return f"{second.text} if {first.text} is None else {first.text}"


@source.register
def _(node: nodes.Formula, operands: Sequence[Operand]) -> str:
    formula, *series = operands
    return f"{formula.text} if {any_known(series)} else None"


@source.register
def _(node: nodes.Known, operands: Sequence[Operand]) -> str:
    return "True" if operands[0].is_known else f"{operands[0].text} is not None"


# ---- functions of numbers ------------------------------------------------------------------


def _log(value: float) -> float | None:
    return math.log(value) if value > 0 or value != value else None


def _exp(value: float) -> float | None:
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf


def _sqrt(value: float) -> float | None:
    return None if value < 0 else math.sqrt(value)


def _sign(value: float) -> float | None:
    return 1.0 if value > 0 else -1.0 if value < 0 else value


def _floor(value: float) -> float | None:
    # a zero without sign, as every comparison and text has it
    return float(math.floor(value)) + 0.0 if math.isfinite(value) else value


def _at_least(count: float, truths: Sequence[bool | None]) -> bool | None:
    true = truths.count(True)
    if true >= count:
        return True
    return None if true + truths.count(None) >= count else False


ONE_NUMBER: dict[Function, Callable[[float], float | None]] = {
    Function.ABS: abs,
    Function.LOG: _log,
    Function.EXP: _exp,
    Function.SQRT: _sqrt,
    Function.SIGN: _sign,
    Function.FLOOR: _floor,
}

NAMES: dict[str, Any] = {
    "inf": math.inf,
    "nan": math.nan,
    "isinf": math.isinf,
    "isfinite": math.isfinite,
    "at_least": _at_least,
    **{f"{function.value}_of": compute_one for function, compute_one in ONE_NUMBER.items()},
}
"""What the expressions call."""
