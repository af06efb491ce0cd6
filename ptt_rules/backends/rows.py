"""Row by row: each operation of a program as a function of the newest row.

Values are floats or truths; None is unknown or, for a series, not observed in this row.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import singledispatch
from typing import Any

from ptt_rules.ir import nodes
from ptt_rules.ir.nodes import FloatClass

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


def _add(a: float, b: float) -> float | None:
    return a + b


def _subtract(a: float, b: float) -> float | None:
    return a - b


def _multiply(a: float, b: float) -> float | None:
    return a * b


def _divide(a: float, b: float) -> float | None:
    return None if b == 0 else a / b


_ARITHMETIC = {"+": _add, "-": _subtract, "*": _multiply, "/": _divide}


@compute.register
def _(node: nodes.Arithmetic, inputs: tuple[int, ...]) -> Compute:
    left, right = inputs
    operate = _ARITHMETIC[node.operator]

    def arithmetic(values: list[Any]) -> Value:
        a, b = values[left], values[right]
        return None if a is None or b is None else operate(a, b)

    return arithmetic


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
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
