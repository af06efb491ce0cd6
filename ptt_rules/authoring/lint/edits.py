"""Edits that take something out of a source."""

from __future__ import annotations

from ptt_rules.language import Edit, Source, Span


def without(source: Source, span: Span) -> Edit:
    """Takes a clause out, with its line if nothing else stands on it."""
    text = source.text
    start, end = span.start, span.end
    while start and text[start - 1] in " \t":
        start -= 1
    while end < len(text) and text[end] in " \t":
        end += 1
    begins_line = not start or text[start - 1] == "\n"
    if begins_line and text[end : end + 1] == "\n":
        return Edit(Span(start, end + 1), "")
    if begins_line:
        return Edit(Span(span.start, end), "")
    return Edit(Span(start, span.end), "")
