"""Texts of rules, such as a remedy, with the values of an event in them."""

from __future__ import annotations

from string import Formatter

from ptt_rules.evaluation.compiled import shown
from ptt_rules.evaluation.events import Event


def with_values(text: str, event: Event) -> str:
    """A text of a rule with the values of an event in the place of its placeholders."""
    values = {**event.values, "step": event.step}
    parts = []
    for literal, name, spec, _ in Formatter().parse(text):
        parts.append(literal)
        if name is None:
            continue
        if name in event.instance:
            parts.append(event.instance[name])
        else:
            parts.append(shown(values.get(name), spec or ""))
    return "".join(parts)
