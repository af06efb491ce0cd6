"""What a rule reads of a run beside its log: its value, and why there is none."""

from __future__ import annotations

from ptt_rules.language.ir import nodes
from ptt_rules.logs import RunContext


def given(node: nodes.Given, context: RunContext) -> float | bool | None:
    """Its value at all rows of the run; None: unknown."""
    match node:
        case nodes.ConfigText():
            text = context.text(node.name)
            return None if text is None else text in node.texts
        case nodes.ConfigTruth():
            return context.truth(node.name)
        case nodes.Config():
            return context.number(node.name)
        case nodes.RunFact():
            return context.fact(node.name)
    raise TypeError(f"{type(node).__name__} is not known beside a log")


def why_unknown(node: nodes.Given, context: RunContext) -> str | None:
    """Why it is unknown, behind its name; None where it is known."""
    if given(node, context) is not None:
        return None
    match node:
        case nodes.RunFact():
            return "is not recorded"
        case nodes.Config() if context.config.get(node.name) is None:
            return "is not set"
        case nodes.ConfigText():
            return "is not a text"
        case nodes.ConfigTruth():
            return "is not true or false"
        case nodes.Config():
            return "is not a number"
    raise TypeError(f"{type(node).__name__} is not known beside a log")
