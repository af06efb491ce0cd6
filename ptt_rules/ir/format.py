"""IR as text, one operation a line, for golden files and for people."""

from __future__ import annotations

from ptt_rules.ir import nodes


def window_text(window: nodes.Window) -> str:
    match window:
        case nodes.LastWindow(count=count):
            return f"[{count}]"
        case nodes.FirstWindow(count=count):
            return f"[first {count}]"
        case nodes.AllWindow():
            return "[all]"
        case nodes.StepsWindow(steps=steps):
            return f"[{steps} steps]"


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
        case nodes.Aggregate(statistic=statistic, window=window):
            return f"{statistic.value} {names[0]}{window_text(window)}"
        case nodes.Arithmetic(operator=operator) | nodes.Compare(operator=operator):
            return f"{names[0]} {operator} {names[1]}"
        case nodes.FloatTest(float_class=float_class):
            return f"{float_class.value} {names[0]}"
    return " ".join([type(node).__name__.lower(), *names])
