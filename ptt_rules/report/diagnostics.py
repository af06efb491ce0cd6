"""Diagnostics as text with the source line, and as annotations of a code host."""

from __future__ import annotations

from collections.abc import Sequence

from ptt_rules.codes import CODES
from ptt_rules.diagnostics import Diagnostic, Label, Severity
from ptt_rules.report.colour import Colour
from ptt_rules.source import Source, Span

_PLAIN = Colour()
MAX_LINE = 160


def diagnostic_text(diagnostic: Diagnostic, colour: Colour = _PLAIN) -> str:
    """A block of lines: the message, the place with the marked source, the hint."""
    severity = diagnostic.severity.value
    tone = "red" if diagnostic.severity is Severity.ERROR else "yellow"
    head = colour(f"{severity}[{diagnostic.code}]", "bold", tone)
    lines = [f"{head}: {colour(diagnostic.message, 'bold')}"]
    if diagnostic.source is not None and diagnostic.source.text:
        lines += _excerpt(diagnostic, diagnostic.source, colour, tone)
    elif diagnostic.file_name:
        lines.append(f"{colour('  -->', 'blue')} {diagnostic.file_name}")
    if diagnostic.hint:
        lines.append(f"{colour('   = hint:', 'blue')} {diagnostic.hint}")
    return "\n".join(lines)


def diagnostics_summary(diagnostics: Sequence[Diagnostic]) -> str:
    """How many errors and warnings in how many files."""
    errors = sum(d.severity is Severity.ERROR for d in diagnostics)
    parts = [_counted(errors, "error"), _counted(len(diagnostics) - errors, "warning")]
    files = _counted(len({d.file_name for d in diagnostics}), "file")
    return f"{' and '.join(part for part in parts if part)} in {files}"


def github_line(diagnostic: Diagnostic) -> str:
    """A workflow command that marks the place in a pull request."""
    data = diagnostic.to_json()
    place = (
        f"file={_property(data['file'])},line={data['line']},endLine={data['end_line']},"
        f"col={data['column']},endColumn={data['end_column']},"
        f"title={_property(f'{diagnostic.code} {CODES[diagnostic.code]}')}"
    )
    hint = f" (hint: {diagnostic.hint})" if diagnostic.hint else ""
    message = _escaped(f"{diagnostic.message}{hint}")
    return f"::{diagnostic.severity.value} {place}::{message}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


# ---- the marked source ---------------------------------------------------------------------


def _excerpt(diagnostic: Diagnostic, source: Source, colour: Colour, tone: str) -> list[str]:
    line, column = source.position(diagnostic.span.start)
    marks: dict[int, list[tuple[Span, str, bool]]] = {}
    for label in (*diagnostic.labels, Label(diagnostic.span, diagnostic.note)):
        is_primary = label.span == diagnostic.span
        at = source.position(label.span.start)[0]
        marks.setdefault(at, []).append((label.span, label.text, is_primary))
    gutter = len(str(max(marks)))
    bar = colour(f"{' ' * gutter} |", "blue")
    lines = [f"{' ' * gutter}{colour('-->', 'blue')} {source.name}:{line}:{column}", bar]
    for number in sorted(marks):
        lines.append(f"{colour(f'{number:>{gutter}} |', 'blue')} {_shown(source.line(number))}")
        lines += [f"{bar} {mark}" for mark in _marks(source, number, marks[number], colour, tone)]
    return lines


def _shown(line: str) -> str:
    text = line.replace("\t", " ")
    return text if len(text) <= MAX_LINE else f"{text[:MAX_LINE]}..."


def _marks(
    source: Source,
    number: int,
    marks: list[tuple[Span, str, bool]],
    colour: Colour,
    tone: str,
) -> list[str]:
    """One line for each mark, the rightmost first, as the text of each stands behind it."""
    lines = []
    for span, text, is_primary in sorted(marks, reverse=True):
        start, end = _columns(source, number, span)
        if start > MAX_LINE:
            continue
        sign = "^" if is_primary else "-"
        mark = f"{sign * max(1, min(end, MAX_LINE + 1) - start)} {text}".rstrip()
        lines.append(" " * (start - 1) + colour(mark, tone if is_primary else "blue"))
    return lines


def _columns(source: Source, number: int, span: Span) -> tuple[int, int]:
    """First and last column of a span on its first line."""
    start = source.position(span.start)[1]
    end_line, end = source.position(span.end)
    return start, end if end_line == number else len(source.line(number)) + 1
