"""Elementwise operations as Polars expressions.

Polars orders NaN above every number and calls NaN equal to NaN; here a comparison with NaN
is unknown (null).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch

import polars as pl

from ptt_rules.evaluation.row import ONE_NUMBER
from ptt_rules.language.functions import FloatClass, Function
from ptt_rules.language.ir import nodes


@singledispatch
def expression(node: nodes.Node, *inputs: pl.Expr) -> pl.Expr:
    """The expression of an elementwise node over the expressions of its inputs."""
    raise TypeError(f"{type(node).__name__} is not elementwise")


@expression.register
def _(node: nodes.Negate, *inputs: pl.Expr) -> pl.Expr:
    return -inputs[0]


@expression.register
def _(node: nodes.Arithmetic, *inputs: pl.Expr) -> pl.Expr:
    left, right = inputs
    match node.operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    # -0.0 == 0 too; and `otherwise` is computed for all rows, where it gives an infinity that is
    # not taken
    return pl.when(right == 0).then(None).otherwise(left / right)


_COMPARISONS: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "<": pl.Expr.lt,
    "<=": pl.Expr.le,
    ">": pl.Expr.gt,
    ">=": pl.Expr.ge,
    "==": pl.Expr.eq,
    "!=": pl.Expr.ne,
}


@expression.register
def _(node: nodes.Compare, *inputs: pl.Expr) -> pl.Expr:
    left, right = inputs
    compared = _COMPARISONS[node.operator](left, right)
    # a null on either side makes `is_nan` null, which `when` takes for false: `compared` is null
    # then
    return pl.when(left.is_nan() | right.is_nan()).then(None).otherwise(compared)


@expression.register
def _(node: nodes.And, *inputs: pl.Expr) -> pl.Expr:
    return inputs[0] & inputs[1]


@expression.register
def _(node: nodes.Or, *inputs: pl.Expr) -> pl.Expr:
    return inputs[0] | inputs[1]


@expression.register
def _(node: nodes.AtLeast, *inputs: pl.Expr) -> pl.Expr:
    count, *truths = inputs
    true = pl.sum_horizontal(one.cast(pl.Int64) for one in truths)
    open_ = pl.sum_horizontal(one.is_null().cast(pl.Int64) for one in truths)
    is_out = pl.when(true + open_ < count).then(False)
    return pl.when(true >= count).then(True).otherwise(is_out.otherwise(None))


@expression.register
def _(node: nodes.Not, *inputs: pl.Expr) -> pl.Expr:
    return ~inputs[0]


_FLOAT_TESTS: dict[FloatClass, Callable[[pl.Expr], pl.Expr]] = {
    FloatClass.NAN: pl.Expr.is_nan,
    FloatClass.INF: pl.Expr.is_infinite,
    FloatClass.FINITE: pl.Expr.is_finite,
}


@expression.register
def _(node: nodes.FloatTest, *inputs: pl.Expr) -> pl.Expr:
    return _FLOAT_TESTS[node.float_class](inputs[0])


# ---- functions of numbers ------------------------------------------------------------------


def _sign(value: pl.Expr) -> pl.Expr:
    is_plain = value.is_not_nan()
    negative = pl.when(is_plain & (value < 0)).then(-1.0).otherwise(value)
    return pl.when(is_plain & (value > 0)).then(1.0).otherwise(negative)


def _sqrt(value: pl.Expr) -> pl.Expr:
    return pl.when(value.is_not_nan() & (value < 0)).then(None).otherwise(value.sqrt())


def _floor(value: pl.Expr) -> pl.Expr:
    """Null: as the number; a zero is without a sign"""
    floor = value.floor()
    return pl.when(floor == 0).then(0.0).otherwise(floor)


def _as_live(function: Function) -> Callable[[pl.Expr], pl.Expr]:
    """The same library function as row by row, since Polars has its own `log` and `exp`."""

    def mapped(column: pl.Series) -> pl.Series:
        compute = ONE_NUMBER[function]
        found = [None if value is None else compute(value) for value in column.to_list()]
        return pl.Series(found, dtype=pl.Float64)

    return lambda value: value.map_batches(mapped, return_dtype=pl.Float64)


FUNCTIONS: dict[Function, Callable[[pl.Expr], pl.Expr]] = {
    Function.ABS: pl.Expr.abs,
    Function.LOG: _as_live(Function.LOG),
    Function.EXP: _as_live(Function.EXP),
    Function.SQRT: _sqrt,
    Function.SIGN: _sign,
    Function.FLOOR: _floor,
}


@expression.register
def _(node: nodes.Apply, *inputs: pl.Expr) -> pl.Expr:
    if node.function in FUNCTIONS:
        return FUNCTIONS[node.function](inputs[0])
    left, right = inputs
    is_nearer = right < left if node.function is Function.LEAST else right > left
    second = (left.is_not_nan() & is_nearer) | right.is_nan()
    known = left.is_not_null() & right.is_not_null()
    return pl.when(known).then(pl.when(second).then(right).otherwise(left)).otherwise(None)


@expression.register
def _(node: nodes.Coalesce, *inputs: pl.Expr) -> pl.Expr:
    return pl.coalesce(*inputs)


@expression.register
def _(node: nodes.Formula, *inputs: pl.Expr) -> pl.Expr:
    formula, *series = inputs
    return pl.when(pl.any_horizontal(one.is_not_null() for one in series)).then(formula)


@expression.register
def _(node: nodes.Known, *inputs: pl.Expr) -> pl.Expr:
    return inputs[0].is_not_null()
