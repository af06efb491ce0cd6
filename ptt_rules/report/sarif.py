"""Diagnostics as a SARIF 2.1.0 log, which code hosts and editors read.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ptt_rules._version import __version__
from ptt_rules.authoring import PAGES
from ptt_rules.language import Diagnostic, Edit, Label, Source, Span, place_json
from ptt_rules.report.diagnostics import with_hint
from ptt_rules.report.explain import code_text

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def sarif_log(diagnostics: Sequence[Diagnostic]) -> dict[str, Any]:
    """One log with one run: the codes that occur as rules, the diagnostics as results.

    Paths are relative to the present folder where they are in it.
    """
    codes = sorted({diagnostic.code for diagnostic in diagnostics})
    driver = {
        "name": "ptt",
        "semanticVersion": __version__,
        "version": __version__,
        "rules": [_rule(code) for code in codes],
    }
    results = [_result(diagnostic, codes.index(diagnostic.code)) for diagnostic in diagnostics]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> dict[str, Any]:
    page = PAGES[code]
    return {
        "id": code,
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": page.what},
        "help": {"text": code_text(page, ())},
    }


def _result(diagnostic: Diagnostic, rule_index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule_index,
        "level": diagnostic.severity.value,
        "message": {"text": with_hint(diagnostic)},
    }
    if diagnostic.file_name:
        place = _location(diagnostic.file_name, diagnostic.source, diagnostic.span)
        result["locations"] = [place]
    if diagnostic.labels:
        result["relatedLocations"] = [_related(diagnostic, label) for label in diagnostic.labels]
    if diagnostic.edit is not None:
        result["fixes"] = [_fix(diagnostic, diagnostic.edit)]
    return result


def _related(diagnostic: Diagnostic, label: Label) -> dict[str, Any]:
    source = label.source or diagnostic.source
    name = source.name if source else diagnostic.file_name
    message = {"message": {"text": label.text}} if label.text else {}
    return {**_location(name, source, label.span), **message}


def _fix(diagnostic: Diagnostic, edit: Edit) -> dict[str, Any]:
    replacement = {
        "deletedRegion": _region(diagnostic.source, edit.span),
        "insertedContent": {"text": edit.text},
    }
    change = {
        "artifactLocation": {"uri": _uri(diagnostic.file_name)},
        "replacements": [replacement],
    }
    description = diagnostic.hint or f"write `{edit.text}`"
    return {"description": {"text": description}, "artifactChanges": [change]}


def _location(name: str, source: Source | None, span: Span) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(name)}}
    if source is not None and source.text:
        place["region"] = _region(source, span)
    return {"physicalLocation": place}


def _region(source: Source | None, span: Span) -> dict[str, int]:
    place = place_json(source, span)
    names = {
        "line": "startLine",
        "column": "startColumn",
        "end_line": "endLine",
        "end_column": "endColumn",
    }
    return {names[name]: number for name, number in place.items()}


def _uri(name: str) -> str:
    """A file's path as a reference: relative and with forward slashes, or a `file:` address."""
    path = Path(name)
    if path.is_absolute():
        if not path.is_relative_to(Path.cwd()):
            return path.as_uri()
        path = path.relative_to(Path.cwd())
    return quote(os.fsencode(path.as_posix()))  # colons too, which would end a scheme
