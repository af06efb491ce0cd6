"""What applying the edit of one diagnostic does to all diagnostics of a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ptt_rules.diagnostics import Diagnostic, Edit, Severity
from ptt_rules.lint import lint_files
from ptt_rules.packs.files import PackFiles
from ptt_rules.source import Source


def told(text: str) -> list[Diagnostic]:
    """Errors, or where there are none what the linter finds."""
    return lint_files(PackFiles("inline", "inline", (Source("inline", text),)))


def put(text: str, edit: Edit) -> str:
    return text[: edit.span.start] + edit.text + text[edit.span.end :]


def errors(found: list[Diagnostic]) -> list[Diagnostic]:
    return [one for one in found if one.severity is Severity.ERROR]


@dataclass(frozen=True)
class Fault:
    """An edit that is wrong, and how."""

    diagnostic: Diagnostic
    how: str
    text: str

    def __str__(self) -> str:
        return f"{self.how}: {self.diagnostic.code} {self.diagnostic.message} | {self.diagnostic.hint} | {self.diagnostic.edit}"


def faults(text: str, good: list[Diagnostic] | None = None) -> Iterator[Fault]:
    """Each edit of a text that leaves its diagnostic or adds one.

    What was hidden behind an error is no addition: the linter speaks of texts without errors
    alone. `good` is what is told of the text before the slip that is in this one.
    """
    before = told(text)
    for one in before:
        if one.edit is None:
            continue
        after_text = put(text, one.edit)
        after = told(after_text)
        moved = Counter(_shifted(other, one.edit) for other in before if other is not one)
        new = [other for other in after if not moved[(other.code, other.span.start)]]
        if one.severity is Severity.ERROR and not errors(after):
            allowed = {other.code for other in good or ()}
            new = [other for other in after if good is not None and other.code not in allowed]
        if new:
            same = any((n.code, n.message) == (one.code, one.message) for n in new)
            how = "is still there" if same else f"adds {new[0].code} {new[0].message}"
            yield Fault(one, how, after_text)


def _shifted(one: Diagnostic, edit: Edit) -> tuple[str, int]:
    start = one.span.start
    if start >= edit.span.end:
        start += len(edit.text) - (edit.span.end - edit.span.start)
    elif start > edit.span.start:
        start = edit.span.start
    return one.code, start
