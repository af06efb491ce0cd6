"""Edits that fix a diagnostic, if the right text is clear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ptt_rules.language import Diagnostic, Edit, Source, Span


@dataclass(frozen=True, slots=True)
class Mending:
    title: str
    edit: Edit
    diagnostic: Diagnostic


def mendings(found: Iterable[Diagnostic], source: Source, span: Span) -> Iterator[Mending]:
    """Edits for the diagnostics of a text at a span."""
    for diagnostic in found:
        touches = diagnostic.span.start <= span.end and span.start <= diagnostic.span.end
        if diagnostic.edit is not None and diagnostic.source == source and touches:
            yield Mending(_title(source, diagnostic.edit), diagnostic.edit, diagnostic)


def _title(source: Source, edit: Edit) -> str:
    old, new = source.slice(edit.span).strip(), edit.text.strip()
    if not new:
        return f"remove `{old}`"
    return f"replace `{old}` by `{new}`" if old else f"insert `{new}`"
