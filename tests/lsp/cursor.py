"""Texts with a cursor mark, and what the features find there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ptt_rules.authoring.lsp.completion import completions_at
from ptt_rules.authoring.lsp.definition import definition_at
from ptt_rules.authoring.lsp.hover import hover_at
from ptt_rules.authoring.lsp.project import Project
from ptt_rules.authoring.lsp.signature import Signature, signature_at
from ptt_rules.authoring.lsp.suggestion import Suggestion
from ptt_rules.authoring.lsp.symbols import Names
from ptt_rules.language.source import Source

MARK = "‸"
DOCUMENT = "untitled:1"


def at_mark(text: str) -> tuple[Names, Source, int]:
    """What a request at the mark is about, in a document that is in no file."""
    offset = text.index(MARK)
    project = Project({DOCUMENT: text.replace(MARK, "")})
    return Names(project.pack(DOCUMENT)), project.source(DOCUMENT), offset


def hovered(text: str) -> str:
    found = hover_at(*at_mark(text))
    return found.markdown if found else ""


def suggested(text: str) -> list[Suggestion]:
    return completions_at(*at_mark(text))


def words(suggestions: Sequence[Suggestion]) -> set[str]:
    return {one.text for one in suggestions}


def defined(text: str) -> tuple[str, str]:
    """The name of the file and the line in which the name at the mark is declared."""
    found = definition_at(*at_mark(text))
    if found is None:
        return "", ""
    line, _ = found.source.position(found.name_span.start)
    return Path(found.source.name).name, found.source.line(line)


def signed(text: str) -> Signature | None:
    _, source, offset = at_mark(text)
    return signature_at(source, offset)
