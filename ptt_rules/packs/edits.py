"""Keeps the edits of errors that are right as they are, and drops the others.

An edit is right if it alone removes its error and causes no other. That is tried, since the place
of an error does not decide it: a second fault nearby, the unit of an operand, or a use of the name
elsewhere may. The hint stays either way.

Cost: one more check of the pack for each edit, up to a limit; errors beyond it have no edit
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from ptt_rules.language import Diagnostic, Edit, Source, Span

MOST_CHARS = 100_000
"""Characters of edited files that are checked again for all edits together."""

MOST_EDITS = 30

Key = tuple[str, str, int | str]
Recheck = Callable[[Source, Source], Iterable[Diagnostic]]
"""The diagnostics after a source is replaced by another."""


def with_sure_edits(found: Iterable[Diagnostic], recheck: Recheck) -> list[Diagnostic]:
    """The diagnostics in their order, without the edits that leave or add an error."""
    found = list(found)
    chars = edits = 0
    kept: list[Diagnostic] = []
    for one in found:
        if one.edit is None or one.source is None:
            kept.append(one)
            continue
        chars, edits = chars + len(one.source.text), edits + 1
        is_sure = chars <= MOST_CHARS and edits <= MOST_EDITS and _is_sure(one, found, recheck)
        kept.append(one if is_sure else replace(one, edit=None))
    return kept


def with_edit(source: Source, edit: Edit) -> Source:
    """A source as it is once an edit is put in."""
    before, after = source.text[: edit.span.start], source.text[edit.span.end :]
    return Source(source.name, f"{before}{edit.text}{after}")


def _is_sure(one: Diagnostic, found: Iterable[Diagnostic], recheck: Recheck) -> bool:
    source, edit = one.source, one.edit
    assert source is not None
    assert edit is not None
    edited = with_edit(source, edit)
    grown = len(edit.text) - (edit.span.end - edit.span.start)
    new_span = Span(edit.span.start, edit.span.start + len(edit.text))
    others = Counter(_key(other, source, edit.span, grown) for other in found if other is not one)
    after = Counter(_key(other, edited, new_span, 0) for other in recheck(source, edited))
    return not after - others


def _key(one: Diagnostic, source: Source, touched: Span, grown: int) -> Key:
    """The identity of a diagnostic after an edit: its place, or its text where the edit touched
    it."""
    if one.source is None or one.source.name != source.name or one.span.end <= touched.start:
        return one.file_name, one.code, one.span.start
    if one.span.start >= touched.end:
        return one.file_name, one.code, one.span.start + grown
    return one.file_name, one.code, one.message
