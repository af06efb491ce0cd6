"""What applying the edit of one diagnostic does to all diagnostics of a text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ptt_rules.authoring.lint import lint_files
from ptt_rules.language.diagnostics import Diagnostic, Edit, Severity
from ptt_rules.language.source import Source
from ptt_rules.packs.files import PackFiles


def told(text: str) -> list[Diagnostic]:
    """Errors, or where there are none what the linter finds."""
    return lint_files(PackFiles("inline", "inline", (Source("inline", text),)))


def put(text: str, edit: Edit) -> str:
    return text[: edit.span.start] + edit.text + text[edit.span.end :]


def errors(found: list[Diagnostic]) -> list[Diagnostic]:
    return [one for one in found if one.severity is Severity.ERROR]


SHOWS = frozenset({("PTT653", "PTT638")})
"""Edits that show what was wrong before: a base can be 0 by the range that a metric now has."""


@dataclass(frozen=True)
class Fault:
    """An edit that is wrong, and how."""

    diagnostic: Diagnostic
    how: str
    text: str

    def __str__(self) -> str:
        one = self.diagnostic
        return f"{self.how}: {one.code} {one.message} | {one.hint} | {one.edit}\n{self.text}"


def faults(text: str) -> Iterator[Fault]:
    """Each edit of a text that leaves its diagnostic or adds one.

    Of an edit of an error other errors are asked, since the linter speaks of texts without
    errors alone; of an edit of the linter both.
    """
    before = told(text)
    for one in before:
        if one.edit is None:
            continue
        edited = put(text, one.edit)
        after = told(edited)
        if one.severity is Severity.ERROR:
            after = errors(after)
        known = Counter(_key(other, one.edit, is_before=True) for other in before if other != one)
        after = [other for other in after if (one.code, other.code) not in SHOWS]
        new = Counter(_key(other, one.edit, is_before=False) for other in after) - known
        if new:
            yield Fault(one, f"leaves or adds {next(iter(new))}", edited)


def _key(one: Diagnostic, edit: Edit, *, is_before: bool) -> tuple[str, object]:
    """A diagnostic by its place, counted from the end where that is behind the edit.

    Around the edit by its message, in which counts, as of characters, may be others.
    """
    source = one.source
    assert source is not None
    end = edit.span.end if is_before else edit.span.start + len(edit.text)
    if one.span.end <= edit.span.start:
        return one.code, one.span.start
    if one.span.start >= end:
        return one.code, one.span.start - len(source.text)
    return one.code, re.sub(r"\d+", "N", one.message)
