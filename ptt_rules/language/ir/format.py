"""IR as text, one operation a line, for golden files and for people."""

from __future__ import annotations

from ptt_rules.language.ir import nodes
from ptt_rules.language.ir.windows import (
    AllWindow,
    DecayWindow,
    FirstWindow,
    LastWindow,
    SpanWindow,
    Statistic,
    Window,
)
from ptt_rules.language.types import Measure


def window_text(window: Window) -> str:
    match window:
        case LastWindow(count=count, before=before, least=least):
            begins = f"{least}..{count}" if least else f"{count}"
            return f"[{begins} before {before}]" if before else f"[{begins}]"
        case FirstWindow(count=count, skip=skip):
            return f"[first {count} after {skip}]" if skip else f"[first {count}]"
        case AllWindow():
            return "[all]"
        case SpanWindow(amount=amount, measure=measure):
            return f"[{amount:g} {'steps' if measure is Measure.STEPS else 's'}]"
        case DecayWindow(half_life=half_life):
            return f"[decay {half_life}]"


def operation_text(node: nodes.Node, inputs: tuple[int, ...]) -> str:
    """One operation in terms of its inputs, such as `mean %1[20]`."""
    names = [f"%{number}" for number in inputs]
    match node:
        case nodes.Constant(value=value):
            return f"{value!r}"
        case nodes.Config(name=name):
            return f"config.{name}"
        case nodes.Column(keys=keys):
            return "column " + " else ".join(f'"{key}"' for key in keys)
        case nodes.FamilyColumn(patterns=patterns):
            return "column each " + " else ".join(f'"{key}"' for key in patterns)
        case nodes.Position(quantity=quantity):
            return quantity.value
        case nodes.Aggregate():
            return _aggregate_text(node, names)
        case nodes.Arithmetic(operator=operator) | nodes.Compare(operator=operator):
            return f"{names[0]} {operator} {names[1]}"
        case nodes.FloatTest(float_class=float_class):
            return f"{float_class.value} {names[0]}"
        case nodes.Apply(function=function):
            return " ".join([function.value, *names])
    return " ".join([type(node).__name__.lower(), *names])


def _aggregate_text(node: nodes.Aggregate, names: list[str]) -> str:
    window = window_text(node.window)
    series = [f"{name}{window}" for name in names[: len(node.series)]]
    argument = f" at {names[-1]}" if node.statistic is Statistic.QUANTILE else f" over {names[-1]}"
    return f"{node.statistic.value} {' '.join(series)}{argument if node.argument else ''}"
