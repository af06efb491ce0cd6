"""Diagnostics as text with the source line, and as annotations of a code host."""

from __future__ import annotations

from collections.abc import Sequence

from ptt_rules.authoring import PAGES
from ptt_rules.border import plural, visible
from ptt_rules.language import Diagnostic, Severity, Source
from ptt_rules.report.excerpt import Mark, excerpt, marks_of
from ptt_rules.report.terminal import Colour

_PLAIN = Colour()
_LEAST_GUTTER = 2


def diagnostic_text(diagnostic: Diagnostic, colour: Colour = _PLAIN) -> str:
    """A block of lines: the message, the place with the marked source, the hint, the page."""
    severity = diagnostic.severity.value
    head = colour(f"{severity}[{diagnostic.code}]", "bold", _tone(diagnostic))
    places = _marked_sources(diagnostic)
    numbers = [mark.line for _, marks in places for mark in marks]
    gutter = max(_LEAST_GUTTER, len(str(max(numbers, default=0))))
    margin = " " * gutter
    lines = [f"{head}: {colour(visible(diagnostic.message), 'bold')}"]
    if not places and diagnostic.file_name:
        lines.append(f"{colour(f'{margin}-->', 'blue')} {visible(diagnostic.file_name)}")
    for source, marks in places:
        lines += _place(diagnostic, source, marks, gutter, colour)
    notes = {"hint": diagnostic.hint, "explain": f"ptt explain {diagnostic.code}"}
    for word, text in notes.items():
        if text:
            lines.append(f"{colour(f'{margin} = {word}:', 'blue')} {visible(text)}")
    return "\n".join(lines)


def diagnostics_summary(diagnostics: Sequence[Diagnostic]) -> str:
    """How many errors and warnings in how many files."""
    errors = sum(d.severity is Severity.ERROR for d in diagnostics)
    counts = {"error": errors, "warning": len(diagnostics) - errors}
    parts = [plural(count, noun) for noun, count in counts.items() if count]
    return f"{' and '.join(parts)} in {plural(len({d.file_name for d in diagnostics}), 'file')}"


def github_line(diagnostic: Diagnostic) -> str:
    """A workflow command that marks the place in a pull request.

    Columns are given only for a place on one line: the host drops them for others.
    """
    data = diagnostic.to_json()
    place: dict[str, object] = {}
    if data["file"]:
        place = {"file": data["file"], "line": data["line"], "endLine": data["end_line"]}
        if data["line"] == data["end_line"]:
            place |= {"col": data["column"], "endColumn": data["end_column"]}
    place["title"] = f"{diagnostic.code} {PAGES[diagnostic.code].title}"
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
    message = _escaped(with_hint(diagnostic))
    return f"::{diagnostic.severity.value} {properties}::{message}"


def with_hint(diagnostic: Diagnostic) -> str:
    """Message and hint as one text, for readers that show one."""
    hint = f" (hint: {diagnostic.hint})" if diagnostic.hint else ""
    return f"{diagnostic.message}{hint}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


# ---- the marked source ---------------------------------------------------------------------


def _tone(diagnostic: Diagnostic) -> str:
    return "red" if diagnostic.severity is Severity.ERROR else "yellow"


def _marked_sources(diagnostic: Diagnostic) -> list[tuple[Source, list[Mark]]]:
    """The diagnostic's own source, then those that labels point into, with what is marked."""
    own = diagnostic.source
    if own is None or not own.text:
        return []
    primary = marks_of(own, diagnostic.span, visible(diagnostic.note), is_primary=True)
    places: dict[Source, list[Mark]] = {own: primary}
    for label in diagnostic.labels:
        source = label.source or own
        mark = marks_of(source, label.span, visible(label.text), is_primary=False)
        places.setdefault(source, []).extend(mark)
    return list(places.items())


def _place(
    diagnostic: Diagnostic, source: Source, marks: Sequence[Mark], gutter: int, colour: Colour
) -> list[str]:
    """Where it is, and the marked lines."""
    first = min(marks, key=lambda mark: (not mark.is_primary, mark.line, mark.start))
    tone = _tone(diagnostic)
    margin = " " * gutter
    return [
        f"{colour(f'{margin}-->', 'blue')} {visible(source.name)}:{first.line}:{first.start + 1}",
        colour(f"{margin} |", "blue"),
        *excerpt(
            source,
            marks,
            gutter,
            lambda text, is_primary: colour(text, tone if is_primary else "blue"),
            lambda text: colour(text, "blue"),
        ),
    ]
