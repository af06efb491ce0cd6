"""Mistakes in families by list."""

from __future__ import annotations

import re

from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.source import Span
from ptt_rules.language.syntax.mistakes.unexpected import Mistake, Unexpected

_LIST = re.compile(r"metric\s+(\w+)\s*\[\s*(\w+)\s*\]\s*=\s*(?:[\w`/]+\s*,\s*)*$")
_EACH = re.compile(r"for\s+each\s+(\w+)\s*$")
_MORE = re.compile(r"(?:,\s*(\w+)\s*)+")


def texts_as_members(unexpected: Unexpected) -> Mistake | None:
    """`metric s[k] = "loss", "kl"`."""
    head = unexpected.source.slice(Span(unexpected.piece.start, unexpected.span.start))
    found = _LIST.search(head)
    if found is None or not unexpected.found.startswith('"'):
        return None
    name, label = found.groups()
    if f"{{{label}}}" in unexpected.found:
        return _without_unit(unexpected, f"{name}[{label}]", unexpected.piece.start + found.end(2))
    pattern = f'metric {name}[{label}]: none = "{label}/{{{label}}}"'
    hint = f"write the names of metrics, or a pattern of keys: `{pattern}`"
    return unexpected.report("texts are keys of one metric, and names make a family", hint)


def _without_unit(unexpected: Unexpected, name: str, label_end: int) -> Mistake:
    text = unexpected.source.text
    bracket, equals = text.index("]", label_end) + 1, text.index("=", label_end)
    hint = f"write `{name}: none = ...`, or the unit that it is in for `none`"
    edit = Edit(Span(bracket, bracket), ": none")
    mark = Span(equals, equals + 1)
    return unexpected.report(f"`{name}` has no unit", hint, span=mark, edit=edit)


def several_families(unexpected: Unexpected) -> Mistake | None:
    """`for each loss, kl`."""
    head = unexpected.source.slice(Span(unexpected.piece.start, unexpected.previous.end))
    found = _EACH.search(head)
    more = unexpected.match(_MORE)
    if found is None or more is None or unexpected.found != ",":
        return None
    words = ", ".join([found[1], *re.findall(r"\w+", more[0])])
    hint = f"declare `metric each_of[which] = {words}`, and write `for each each_of`"
    return unexpected.report("a detector is for each of one family", hint)
