"""Diagnostics as data; `ptt_rules.report` renders them.

PttError
    The only exception that public entry points raise. It carries every diagnostic found,
    sorted by file, place and code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ptt_rules.language.source import NOWHERE, Source, Span


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Label:
    """A second place of a diagnostic, with a short text about it.

    `source` is None where the place is in the diagnostic's own source.
    """

    span: Span
    text: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement in the diagnostic's source that fixes it: `text` in place of `span`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: its place, one sentence about it, and what to write instead.

    `source` is None where the fault is a whole file or has no file (then `file` names it).
    `note` is the short text under the marked characters. `edit` is given where the right text is
    clear.
    """

    code: str
    message: str
    source: Source | None = None
    span: Span = NOWHERE
    hint: str | None = None
    note: str = ""
    labels: tuple[Label, ...] = ()
    severity: Severity = Severity.ERROR
    file: str = ""
    edit: Edit | None = None

    @property
    def file_name(self) -> str:
        return self.source.name if self.source else self.file

    def sort_key(self) -> tuple[str, int, str]:
        return self.file_name, self.span.start, self.code

    def to_json(self) -> dict[str, Any]:
        """The object of the diagnostics format: lines and columns from 1."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "file": self.file_name,
            **place_json(self.source, self.span),
            "hint": self.hint,
            "labels": [self._label_json(label) for label in self.labels],
            "edit": self.edit and self._edit_json(self.edit),
        }

    def _label_json(self, label: Label) -> dict[str, Any]:
        source = label.source or self.source
        name = source.name if source else self.file_name
        return {"message": label.text, "file": name, **place_json(source, label.span)}

    def _edit_json(self, edit: Edit) -> dict[str, Any]:
        return {"text": edit.text, **place_json(self.source, edit.span)}


def place_json(source: Source | None, span: Span) -> dict[str, int]:
    """First and last position of a span; the first character where there is no source."""
    line, column = source.position(span.start) if source else (1, 1)
    end_line, end_column = source.position(span.end) if source else (1, 1)
    return {"line": line, "column": column, "end_line": end_line, "end_column": end_column}


class PttError(Exception):
    """Input that cannot be used, with all diagnostics about it."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(diagnostics, key=Diagnostic.sort_key))
        super().__init__("\n".join(_one_line(d) for d in self.diagnostics))

    @classmethod
    def of(cls, code: str, message: str, *, file: str = "", hint: str | None = None) -> PttError:
        """An error about a whole file or an argument."""
        return cls([Diagnostic(code, message, file=file, hint=hint)])


def _one_line(diagnostic: Diagnostic) -> str:
    place = diagnostic.file_name
    if diagnostic.source is not None:
        line, column = diagnostic.source.position(diagnostic.span.start)
        place = f"{place}:{line}:{column}"
    hint = f" ({diagnostic.hint})" if diagnostic.hint else ""
    prefix = f"{place}: " if place else ""
    return f"{prefix}{diagnostic.code} {diagnostic.message}{hint}"
