"""Messages of the older tool: `{value:.3f}` stays a placeholder, the rest is known beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

from ptt_rules.authoring.convert.conditions import VALUE
from ptt_rules.language.check import did_you_mean, is_number_format, listed

LIVE = (VALUE, "step")
"""Placeholders that are known only when the rule fires; they are ours as well."""
NUMBERS = ("threshold", "window", "min_steps")
WORDS = ("metric", "name", "severity", "condition")
"""Placeholders for what the heuristic itself says, numbers and words."""
ALL = (*LIVE, *NUMBERS, *WORDS)

Fault = tuple[str, str]
"""The mistake in a message, and what to write."""
Part = tuple[str, str | None, str | None, str | None]


def message_fault(template: str) -> Fault | None:
    """The reason why a message cannot be converted."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        hint = "write `{value}` or `{value:.3f}`, and a literal brace as `{{` or `}}`"
        return f"the braces of this message do not fit: {str(error).lower()}", hint
    return next((fault for part in parts if (fault := _fault(part))), None)


def message_text(template: str, known: Mapping[str, str | float]) -> str:
    """A message without faults, what the heuristic says filled in, in the braces of `.ptt`."""
    return "".join(_text(part, known) for part in Formatter().parse(template))


def escaped(text: str) -> str:
    """A text in which braces are not placeholders."""
    return text.replace("{", "{{").replace("}", "}}")


def _fault(part: Part) -> Fault | None:
    _, name, spec, conversion = part
    if name is None:
        return None
    if name not in ALL:
        hint = did_you_mean(name, ALL, f"placeholders are {listed(ALL)}")
        return f"nothing is known by the name of `{{{name}}}`", hint or ""
    if conversion is not None or (spec and (name in WORDS or not is_number_format(spec))):
        hint = "only numbers take a format, and one of numbers, such as `{value:.3f}`"
        return f"`{name}` cannot be written like this", hint
    return None


def _text(part: Part, known: Mapping[str, str | float]) -> str:
    literal, name, spec, _ = part
    text = escaped(literal)
    if name is None:
        return text
    if name in LIVE:
        return f"{text}{{{name}{':' if spec else ''}{spec}}}"
    return text + escaped(format(known[name], spec or ""))
