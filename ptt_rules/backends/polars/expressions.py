"""Elementwise operations and merges as Polars expressions.

Polars orders NaN above every number and calls NaN equal to NaN; here a comparison with NaN
is unknown (null).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch

import polars as pl

from ptt_rules.backends.merges import Merge, merge_moments
from ptt_rules.ir import nodes
from ptt_rules.ir.nodes import FloatClass

Parts = tuple[pl.Expr, ...]
"""The parts of a block; for moments without the size, which is known."""


@singledispatch
def expression(node: nodes.Node, *inputs: pl.Expr) -> pl.Expr:
    """The expression of an elementwise node over the expressions of its inputs."""
    raise TypeError(f"{type(node).__name__} is not elementwise")


@expression.register
def _(node: nodes.Constant, *inputs: pl.Expr) -> pl.Expr:
    return pl.lit(node.value, dtype=pl.Float64)


@expression.register
def _(node: nodes.Column, *inputs: pl.Expr) -> pl.Expr:
    """The inputs are the columns of the metric's keys that the frame has, in order."""
    return pl.coalesce(*inputs)


@expression.register
def _(node: nodes.Latest, *inputs: pl.Expr) -> pl.Expr:
    return inputs[0].forward_fill()


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
    return pl.when(left.is_nan() | right.is_nan()).then(None).otherwise(compared)


@expression.register
def _(node: nodes.Both, *inputs: pl.Expr) -> pl.Expr:
    return inputs[0] & inputs[1]


@expression.register
def _(node: nodes.Either, *inputs: pl.Expr) -> pl.Expr:
    return inputs[0] | inputs[1]


@expression.register
def _(node: nodes.Inverse, *inputs: pl.Expr) -> pl.Expr:
    return ~inputs[0]


_FLOAT_TESTS: dict[FloatClass, Callable[[pl.Expr], pl.Expr]] = {
    FloatClass.NAN: pl.Expr.is_nan,
    FloatClass.INF: pl.Expr.is_infinite,
    FloatClass.FINITE: pl.Expr.is_finite,
}


@expression.register
def _(node: nodes.FloatTest, *inputs: pl.Expr) -> pl.Expr:
    return _FLOAT_TESTS[node.float_class](inputs[0])


def leaf_parts(merge: Merge, value: pl.Expr) -> Parts:
    return (value, value * 0.0) if merge is Merge.MOMENTS else (value,)


def merge_parts(merge: Merge, older: Parts, newer: Parts, sizes: tuple[pl.Expr, pl.Expr]) -> Parts:
    """The block of two adjacent ones; `sizes` are their numbers of observations, as floats."""
    match merge:
        case Merge.SUM:
            return (older[0] + newer[0],)
        case Merge.MIN:
            return (pl.when(newer[0] < older[0]).then(newer[0]).otherwise(older[0]),)
        case Merge.MAX:
            return (pl.when(newer[0] > older[0]).then(newer[0]).otherwise(older[0]),)
        case Merge.MOMENTS:
            return merge_moments((sizes[0], *older), (sizes[1], *newer))[1:]  # type: ignore[arg-type]
