"""Row by row: each operation of a program as a function of the newest row.

Values are floats or truths; None is unknown or, for a series, not observed in this row.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import singledispatch
from typing import Any

from ptt_rules.ir import nodes
from ptt_rules.ir.windows import FloatClass, Function

Value = float | bool | None
Compute = Callable[[list[Any]], Value]
"""A function of the values of all operations before it at this row."""


@singledispatch
def compute(node: nodes.Node, inputs: tuple[int, ...]) -> Compute:
    """The function of an elementwise node; its inputs are numbers of operations."""
    raise TypeError(f"{type(node).__name__} is not elementwise")


@compute.register
def _(node: nodes.Constant, inputs: tuple[int, ...]) -> Compute:
    value = node.value
    return lambda values: value


@compute.register
def _(node: nodes.Negate, inputs: tuple[int, ...]) -> Compute:
    (operand,) = inputs

    def negate(values: list[Any]) -> Value:
        value = values[operand]
        return None if value is None else -value

    return negate


def _divide(a: float, b: float) -> float | None:
    return None if b == 0 else a / b


_ARITHMETIC: dict[str, Callable[[float, float], float | None]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
}


@compute.register
def _(node: nodes.Arithmetic, inputs: tuple[int, ...]) -> Compute:
    left, right = inputs
    operate = _ARITHMETIC[node.operator]

    def arithmetic(values: list[Any]) -> Value:
        a, b = values[left], values[right]
        return None if a is None or b is None else operate(a, b)

    return arithmetic


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@compute.register
def _(node: nodes.Compare, inputs: tuple[int, ...]) -> Compute:
    left, right = inputs
    holds = _COMPARISONS[node.operator]

    def compare(values: list[Any]) -> Value:
        a, b = values[left], values[right]
        # a NaN is the only float that differs from itself
        if a is None or b is None or a != a or b != b:
            return None
        return holds(a, b)

    return compare


@compute.register
def _(node: nodes.Both, inputs: tuple[int, ...]) -> Compute:
    left, right = inputs

    def both(values: list[Any]) -> Value:
        a, b = values[left], values[right]
        if a is False or b is False:
            return False
        return None if a is None or b is None else True

    return both


@compute.register
def _(node: nodes.Either, inputs: tuple[int, ...]) -> Compute:
    left, right = inputs

    def either(values: list[Any]) -> Value:
        a, b = values[left], values[right]
        if a is True or b is True:
            return True
        return None if a is None or b is None else False

    return either


@compute.register
def _(node: nodes.Inverse, inputs: tuple[int, ...]) -> Compute:
    (operand,) = inputs

    def inverse(values: list[Any]) -> Value:
        value = values[operand]
        return None if value is None else not value

    return inverse


_FLOAT_TESTS: dict[FloatClass, Callable[[float], bool]] = {
    FloatClass.NAN: math.isnan,
    FloatClass.INF: math.isinf,
    FloatClass.FINITE: math.isfinite,
}


@compute.register
def _(node: nodes.FloatTest, inputs: tuple[int, ...]) -> Compute:
    (operand,) = inputs
    test = _FLOAT_TESTS[node.float_class]

    def float_test(values: list[Any]) -> Value:
        value = values[operand]
        return None if value is None else test(value)

    return float_test


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


ONE_NUMBER: dict[Function, Callable[[float], float | None]] = {
    Function.ABS: abs,
    Function.LOG: _log,
    Function.EXP: _exp,
    Function.SQRT: _sqrt,
    Function.SIGN: _sign,
    Function.FLOOR: _floor,
}


def _least(a: float, b: float) -> float:
    return b if b < a or b != b else a


def _greatest(a: float, b: float) -> float:
    return b if b > a or b != b else a


_TWO_NUMBERS = {Function.LEAST: _least, Function.GREATEST: _greatest}


@compute.register
def _(node: nodes.Apply, inputs: tuple[int, ...]) -> Compute:
    if node.function in _TWO_NUMBERS:
        return _of_two(_TWO_NUMBERS[node.function], *inputs)
    (operand,) = inputs
    function = ONE_NUMBER[node.function]

    def apply(values: list[Any]) -> Value:
        value = values[operand]
        return None if value is None else function(value)

    return apply


def _of_two(function: Callable[[float, float], float], left: int, right: int) -> Compute:
    def apply(values: list[Any]) -> Value:
        a, b = values[left], values[right]
        return None if a is None or b is None else function(a, b)

    return apply


@compute.register
def _(node: nodes.Coalesce, inputs: tuple[int, ...]) -> Compute:
    first, second = inputs

    def coalesce(values: list[Any]) -> Value:
        value: Value = values[first]
        if value is not None:
            return value
        other: Value = values[second]
        return other

    return coalesce


@compute.register
def _(node: nodes.Known, inputs: tuple[int, ...]) -> Compute:
    (operand,) = inputs
    return lambda values: values[operand] is not None
