"""Puts the edits of warnings into the texts that they are about."""

from __future__ import annotations

from collections.abc import Iterable

from ptt_rules.diagnostics import Diagnostic, Edit, Severity
from ptt_rules.source import Source


def fixed(found: Iterable[Diagnostic]) -> dict[Source, tuple[str, int]]:
    """The mended text of each source that warnings have edits for, and how many were put in.

    Of edits that meet, the first one is put in; another pass finds the rest.
    """
    edits: dict[Source, set[Edit]] = {}
    for diagnostic in found:
        is_warning = diagnostic.severity is Severity.WARNING
        if is_warning and diagnostic.edit is not None and diagnostic.source is not None:
            edits.setdefault(diagnostic.source, set()).add(diagnostic.edit)
    return {source: _with_edits(source, some) for source, some in edits.items()}


def _with_edits(source: Source, edits: Iterable[Edit]) -> tuple[str, int]:
    parts: list[str] = []
    end = count = 0
    for edit in sorted(edits, key=lambda one: (one.span, one.text)):
        if count and edit.span.start <= end:
            continue
        parts += [source.text[end : edit.span.start], edit.text]
        end = edit.span.end
        count += 1
    return "".join([*parts, source.text[end:]]), count
