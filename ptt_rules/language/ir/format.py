"""IR as text, one operation a line, for golden files and for people."""

from __future__ import annotations

from ptt_rules.language.ir import nodes


def operation_text(node: nodes.Node, inputs: tuple[int, ...]) -> str:
    """One operation in terms of its inputs, such as `mean %1[20]`."""
    names = [f"%{number}" for number in inputs]
    match node:
        case nodes.Constant(value=value):
            return f"{value!r}"
        case nodes.Literal():
            return node.text
        case nodes.ConfigText():
            texts = ", ".join(f'"{text}"' for text in sorted(node.texts))
            return f"{node.text} in {{{texts}}}"
        case nodes.Given():
            return node.text
        case nodes.Column(keys=keys):
            return "column " + " else ".join(f'"{key}"' for key in keys)
        case nodes.FamilyColumn(patterns=patterns):
            return "column each " + " else ".join(f'"{key}"' for key in patterns)
        case nodes.OfDetector():
            return _asked_text(node)
        case nodes.Position(quantity=quantity):
            return quantity.value
        case nodes.AnyOf(patterns=patterns):
            return "a key of " + " or ".join(f'"{key}"' for key in patterns)
        case nodes.Each(statistic=statistic, of=of):
            return f"{statistic.word} over {names[0]} of {_template_text(of.node)}"
        case nodes.Members(statistic=statistic):
            return f"{statistic.word} over {' '.join(names)}"
        case nodes.OfSiblings():
            return "siblings " + " at ".join(names)
        case nodes.Aggregate():
            return _aggregate_text(node, names)
        case nodes.Arithmetic(operator=operator) | nodes.Compare(operator=operator):
            return f"{names[0]} {operator} {names[1]}"
        case nodes.FloatTest(float_class=float_class):
            return f"{float_class.value} {names[0]}"
        case nodes.Apply(function=function):
            return " ".join([function.value, *names])
    return " ".join([type(node).__name__.lower(), *names])


def _asked_text(node: nodes.OfDetector) -> str:
    level = f".{node.level.word}" if isinstance(node, nodes.Firing) and node.level else ""
    instance = "[same]" if node.is_same else f'["{node.instance}"]' if node.instance else ""
    return f"{type(node).__name__.lower()} {node.detector}{instance}{level}"


def _template_text(node: nodes.Node) -> str:
    """An expression of an instance, in brackets within brackets."""
    parts = [f"({_template_text(child)})" for child in node.children]
    text = operation_text(node, tuple(range(len(parts))))
    for place, part in reversed(list(enumerate(parts))):
        text = text.replace(f"%{place}", part)
    return text


def _aggregate_text(node: nodes.Aggregate, names: list[str]) -> str:
    series = [f"{name}{node.window.text}" for name in names[: len(node.series)]]
    text = f"{node.statistic.word} {' '.join(series)}"
    taken = node.statistic.argument
    return text if taken is None else f"{text} {taken.preposition} {names[-1]}"
