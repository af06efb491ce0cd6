"""The least that Polars could take: what somebody would write by hand for the same numbers."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from benchmarks.workloads import conditions
from ptt_rules.evaluation.polars import expression
from ptt_rules.language.ir import FirstWindow, LastWindow, Window, nodes
from ptt_rules.language.passes import Operation, Program

# ---- live: one fused select ----------------------------------------------------------------

_STATISTICS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "count": pl.Expr.len,
    "sum": pl.Expr.sum,
    "mean": pl.Expr.mean,
    "median": pl.Expr.median,
    "min": pl.Expr.min,
    "max": pl.Expr.max,
    "std": pl.Expr.std,
    "var": pl.Expr.var,
    "last": pl.Expr.last,
    "delta": lambda x: x.last() - x.first(),
    "distinct": pl.Expr.n_unique,
    "zscore": lambda x: (x.last() - x.mean()) / x.std(),
    "mad": lambda x: (x - x.median()).abs().median(),
    "slope": lambda x: pl.cov(pl.int_range(x.len()), x) / pl.int_range(x.len()).var(),
    "any": pl.Expr.any,
    "all": pl.Expr.all,
    "share": pl.Expr.mean,
}


def fused(program: Program, keys: list[str]) -> tuple[list[pl.Expr], int]:
    """All distinct aggregates of a program as expressions over the newest rows.

    Also how many had to be left out, since Polars has no such function of a column.
    """
    columns: dict[int, pl.Expr] = {}
    found, left_out = [], 0
    for operation in program.operations:
        if isinstance(operation.node, nodes.Aggregate):
            aggregate = _aggregate(operation, operation.node, columns)
            left_out += aggregate is None
            if aggregate is not None:
                found.append(aggregate.alias(str(operation.number)))
        else:
            columns[operation.number] = _series(operation, columns, keys)
    return found, left_out


def _series(operation: Operation, columns: dict[int, pl.Expr], keys: list[str]) -> pl.Expr:
    node = operation.node
    match node:
        case nodes.Constant():
            return pl.lit(node.value)
        case nodes.Column():
            return pl.coalesce(pl.col(key) for key in node.keys if key in keys)
        case nodes.FamilyColumn():
            return pl.coalesce(
                pl.col(key) for key in nodes.filled(node.patterns, node.label, "f") if key in keys
            )
    inputs = [columns.get(number, pl.lit(1.0)) for number in operation.inputs]
    is_elementwise = isinstance(node, (nodes.Arithmetic, nodes.Apply, nodes.Bool, nodes.Negate))
    return expression(node, *inputs) if is_elementwise else pl.lit(1.0)


def _aggregate(
    operation: Operation, node: nodes.Aggregate, columns: dict[int, pl.Expr]
) -> pl.Expr | None:
    series = columns[operation.inputs[0]].drop_nulls()
    if node.statistic.word == "quantile":
        return _within(series, node.window).quantile(0.9, interpolation="linear")
    statistic = _STATISTICS.get(node.statistic.word)
    return None if statistic is None else statistic(_within(series, node.window))


def _within(series: pl.Expr, window: Window) -> pl.Expr:
    match window:
        case LastWindow(count=count):
            return series.tail(count + window.left_out).head(count)
        case FirstWindow(count=count, skip=skip):
            return series.slice(skip, count)
    return series


# ---- offline: rolling expressions ----------------------------------------------------------


def _slope(step: pl.Expr, x: pl.Expr, w: int) -> pl.Expr:
    """By running means, which is fast and loses digits; `rolling_cov` takes ten times as long."""
    products = (step * x).rolling_mean(w) - step.rolling_mean(w) * x.rolling_mean(w)
    return products / step.rolling_var(w, ddof=0)


def rolling(count: int) -> list[pl.Expr]:
    """The conditions of `workloads.rules` over whole columns, as one would write them."""
    step = pl.col("step").cast(pl.Float64)
    found = []
    for number, (form, name, w) in enumerate(conditions(count)):
        x = pl.col(name)
        by_form = {
            "mean(M[W]) < 0.1 * mean(M[first W])": x.rolling_mean(w) < 0.1 * x.head(w).mean(),
            "mean(M[W]) > 1e6": x.rolling_mean(w) > 1e6,
            "max(M[5]) > 1e6 * mean(M[W])": x.rolling_max(5) > 1e6 * x.rolling_mean(w),
            "std(M[W]) > 1e6": x.rolling_std(w) > 1e6,
            "max(M[W]) - min(M[W]) > 1e6": x.rolling_max(w) - x.rolling_min(w) > 1e6,
            "slope(M[W]) > 1e6": _slope(step, x, w) > 1e6,
        }
        found.append(by_form[form].alias(str(number)))
    return found
