"""What a rule reads of a run beside its log: its value, and why there is none."""

from __future__ import annotations

from ptt_rules.language.ir import nodes
from ptt_rules.logs import RunContext


def given(node: nodes.Given, context: RunContext) -> float | bool | None:
    """Its value at all rows of the run; None: unknown."""
    match node:
        case nodes.Config():
            return context.number(node.name)
    raise TypeError(f"{type(node).__name__} is not known beside a log")


def why_unknown(node: nodes.Given, context: RunContext) -> str | None:
    """Why it is unknown, behind its name; None where it is known."""
    if given(node, context) is not None:
        return None
    match node:
        case nodes.Config():
            is_set = context.config.get(node.name) is not None
            return "is not a number" if is_set else "is not set"
    raise TypeError(f"{type(node).__name__} is not known beside a log")
