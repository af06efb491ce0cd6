"""An explanation of a detector as the tree that a person reads."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from ptt_rules.engine.parts import Part
from ptt_rules.engine.why import Explanation
from ptt_rules.report.colour import Colour

VALUE_COLUMN = 56
WIDTH = 96
_PLAIN = Colour()
_TONES = {"true": ("green",), "false": ("red",), "unknown": ("yellow",)}


def why_text(explanation: Explanation, colour: Colour = _PLAIN) -> str:
    """The verdict, then each level's condition with the value of each part."""
    return "\n".join(_lines(explanation, colour))


def _lines(explanation: Explanation, colour: Colour) -> Iterator[str]:
    place = ""
    if explanation.row is not None:
        place = f" at step {explanation.step} (row {explanation.row})"
    yield f"{colour(explanation.who, 'bold')}{place}: {explanation.verdict}"
    if explanation.chosen:
        yield f"  {explanation.chosen}"
    if explanation.unjudged and explanation.unjudged != explanation.chosen:
        yield f"  not judged: {explanation.unjudged}"
    for wait in explanation.waits:
        yield f"  {wait}"
    for level in explanation.levels:
        yield ""
        yield from _part_lines(level.condition, f"  {level.level.word} when ", colour)
    if explanation.until is not None:
        yield ""
        yield from _part_lines(explanation.until, "  until ", colour)


def _part_lines(part: Part, head: str, colour: Colour) -> Iterator[str]:
    name = f"{part.name} = " if part.name else ""
    text = f"{head}{name}{part.text}"
    if len(text) >= VALUE_COLUMN:
        indent = " " * (len(head) - len(head.lstrip()) + 4)
        yield from textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_long_words=False)
        text = ""
    value = _shown(part.value)
    line = f"{text.ljust(VALUE_COLUMN)}{colour(value, *_TONES.get(value, ()))}"
    padding = " " * max(0, 8 - len(value))
    yield f"{line}{padding}  {part.detail}" if part.detail else line
    indent = " " * (len(head) - len(head.lstrip()) + 2)
    for child in part.children:
        yield from _part_lines(child, indent, colour)


def _shown(value: float | bool | None) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.4g}"
