"""Makes a converted pack pass the strict linter, without changing what it finds."""

from __future__ import annotations

from dataclasses import replace

from ptt_rules.authoring.convert.packs import PackText
from ptt_rules.authoring.lint import fixed, lint_files
from ptt_rules.language import Diagnostic, Source
from ptt_rules.language.syntax import format_source

PASSES = 3
"""An edit can make room for another one."""

KEPT = frozenset({"PTT610", "PTT611", "PTT614", "PTT617", "PTT618", "PTT629", "PTT653"})
"""Warnings that a rule never fires, or always, as it is written: these are for its author."""

_REASONS = {
    "PTT643": "the older rule names no source",
    "PTT646": "the text of the older rule",
    "PTT649": "the source as the older rule names it",
    "PTT651": "the name of the older rule",
    "PTT655": "no trainer of these logs it, code of your own has to",
    "PTT656": "the older rules have two names for it",
}
_REASON = "as in the older rule"


def finished(pack: PackText) -> PackText:
    """The pack with the linter's edits, and the rest allowed with a reason.

    What says that a rule cannot fire as it is written stays a warning.
    """
    for _ in range(PASSES):
        edits = fixed(lint_files(pack.tested_files))
        text, _count = edits.get(pack.files.sources[0], (pack.text, 0))
        if text == pack.text:
            break
        pack = replace(pack, text=_formatted(text))
    return replace(pack, text=_formatted(_allowed(pack)))


def _allowed(pack: PackText) -> str:
    """The text with a comment above each line that the linter warns about."""
    source = pack.files.sources[0]
    codes: dict[int, set[str]] = {}
    for warning in lint_files(pack.tested_files):
        if warning.source == source and warning.code not in KEPT:
            codes.setdefault(_line(source, warning), set()).add(warning.code)
    lines = pack.text.splitlines(keepends=True)
    return "".join(
        "".join(f"# allow {code}: {_REASONS.get(code, _REASON)}\n" for code in sorted(some)) + line
        for number, line in enumerate(lines, start=1)
        for some in [codes.get(number, set())]
    )


def _line(source: Source, warning: Diagnostic) -> int:
    return source.position(warning.span.start)[0]


def _formatted(text: str) -> str:
    formatted, diagnostics = format_source(Source("finished", text))
    if formatted is None:
        raise RuntimeError(diagnostics[0].message)
    return formatted
