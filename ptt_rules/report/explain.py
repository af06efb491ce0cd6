"""The pages that `ptt explain` shows: of a diagnostic code, and of a detector."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ptt_rules.language import LEVEL_WORDS, Diagnostic
from ptt_rules.language.codes import Code, Example, Rules, Script, Session
from ptt_rules.language.ir import Metric
from ptt_rules.packs import DetectorInfo
from ptt_rules.report.diagnostics import diagnostic_text
from ptt_rules.report.rules import RuleWords
from ptt_rules.report.terminal import WIDTH, Colour, wrapped

_INDENT = "    "
_PLAIN = Colour()


# ---- codes ---------------------------------------------------------------------------------


def code_text(
    page: Code, told: Sequence[Diagnostic], colour: Colour = _PLAIN, width: int = WIDTH
) -> str:
    """What a code means and why it is an error, an example, what ptt says of it, the mended one.

    `told` are the diagnostics of the failing example, where it is rules.
    """
    parts = [
        f"{colour(page.code, 'bold', 'red')}  {colour(page.title, 'bold')}",
        wrapped(page.what, width),
        wrapped(page.why, width),
        *([wrapped(f"Only likely: {page.doubt}", width)] if page.doubt else []),
        colour("This is wrong:", "bold"),
        _indented(example_text(page.failing)),
    ]
    if told:
        parts += [colour("What ptt says:", "bold")]
        parts += [_indented(diagnostic_text(diagnostic, colour)) for diagnostic in told]
    parts += [
        colour("This is right:", "bold"),
        _indented(example_text(page.fixed, besides=_files_of(page.failing))),
    ]
    return "\n\n".join(parts)


def code_json(page: Code, told: Sequence[Diagnostic]) -> dict[str, Any]:
    return {
        "code": page.code,
        "title": page.title,
        "what": page.what,
        "why": page.why,
        "doubt": page.doubt or None,
        "failing": _example_json(page.failing),
        "diagnostics": [diagnostic.to_json() for diagnostic in told],
        "fixed": _example_json(page.fixed),
    }


def example_text(example: Example, *, besides: Mapping[str, str] | None = None) -> str:
    """An example as a person reads it; files that are the same `besides` are left out."""
    if isinstance(example, Rules):
        return example.text.rstrip()
    known = dict(besides or {})
    blocks = [
        f"# {name}\n{text}".rstrip()
        for name, text in example.files.items()
        if known.get(name) != text
    ]
    if isinstance(example, Session):
        without = f"  # `{example.without}` is not installed" if example.without else ""
        return "\n\n".join([*blocks, f"$ {example.command}{without}"])
    return "\n\n".join([*blocks, example.text.rstrip()])


def _files_of(example: Example) -> Mapping[str, str]:
    return {} if isinstance(example, Rules) else example.files


def _example_json(example: Example) -> dict[str, Any]:
    match example:
        case Rules(text):
            return {"rules": text}
        case Session(command, files, without):
            return {"command": command, "files": dict(files), "without": without or None}
        case Script(text, files):
            return {"python": text, "files": dict(files)}


def _indented(text: str) -> str:
    return textwrap.indent(text, _INDENT)


# ---- detectors -----------------------------------------------------------------------------


def detector_text(
    detector: DetectorInfo,
    params: Mapping[str, float],
    words: RuleWords,
    colour: Colour = _PLAIN,
    width: int = WIDTH,
) -> str:
    """What a detector says, when it fires, what it watches, why it matters and what to do.

    `params` are those that it uses, by qualified name, with their present values; `words` are
    its conditions in words.
    """
    head = colour(detector.name, "bold")
    each = f"  for each {detector.family}" if detector.family else ""
    blocks = [
        f"{head}{each}" + (f"\n{wrapped(detector.summary, width)}" if detector.summary else ""),
        _block("Rule", _clause_rows(detector), colour, width),
        _block("In words", _word_rows(words), colour, width),
        _block(
            "Parameters", [(name, f"{value:g}") for name, value in params.items()], colour, width
        ),
        _block(
            "Watches", [row for m in detector.watched for row in _metric_rows(m)], colour, width
        ),
        *(
            f"{colour(title, 'bold')}\n{_paragraph(text, width)}"
            for title, text in (
                ("Why it matters", detector.why),
                *detector.own_texts("why", "Why {} matters"),
                ("What to do", detector.remedy),
                *detector.own_texts("remedy", "What to do at {}"),
                ("Reference", detector.reference),
            )
            if text
        ),
        colour(f"{detector.file}:{detector.line}", "dim"),
    ]
    return "\n\n".join(block for block in blocks if block)


def detector_json(
    detector: DetectorInfo, params: Mapping[str, float], words: RuleWords
) -> dict[str, Any]:
    rows = [(clause.word, clause.text) for clause in detector.clauses]
    lets = {word.removeprefix("let "): text for word, text in rows if word.startswith("let ")}
    levels = [
        {"level": one.word, "when": one.text, **({"for": one.hold} if one.hold else {})}
        for one in detector.clauses
        if one.word in LEVEL_WORDS
    ]
    named = {*LEVEL_WORDS, *(f"let {name}" for name in lets)}
    return {
        "detector": detector.name,
        "summary": detector.summary,
        "family": detector.family,
        "levels": sorted(levels, key=lambda level: LEVEL_WORDS.index(level["level"])),
        "lets": lets,
        "clauses": {word: text for word, text in rows if word not in named},
        "words": words.to_json(),
        "params": dict(params),
        "metrics": [_metric_json(metric) for metric in detector.watched],
        "why": detector.why,
        "remedy": detector.remedy,
        "level_texts": {level.word: dict(own) for level, own in detector.level_texts.items()},
        "reference": detector.reference,
        "file": detector.file,
        "line": detector.line,
    }


def _metric_json(metric: Metric) -> dict[str, Any]:
    return {
        "name": metric.name,
        "unit": metric.unit.value if metric.unit else None,
        "low": metric.low,
        "high": metric.high,
        "description": metric.description,
        "keys": list(metric.keys),
    }


def _word_rows(words: RuleWords) -> list[tuple[str, str]]:
    """Conditions in words, without the marks of code."""
    rows = [(level.word, f"when {text}") for level, text in words.levels]
    rows += ((name, f"is {text}") for name, text in words.names)
    rows += (("", note) for note in words.notes)
    return [(word, text.replace("`", "")) for word, text in rows]


def _clause_rows(detector: DetectorInfo) -> list[tuple[str, str]]:
    rows = []
    for clause in detector.clauses:
        word = f"{clause.word} when" if clause.word in LEVEL_WORDS else clause.word
        word = f"{word} =" if word.startswith("let ") else word
        # an override may have brought it from another file
        origin = "" if clause.file == detector.file else f"  # {clause.file}:{clause.line}"
        rows.append((word, clause.whole + origin))
    return rows


def _metric_rows(metric: Metric) -> Iterator[tuple[str, str]]:
    keys = " or ".join(f"`{key}`" for key in metric.keys)
    unit = f", {metric.unit.phrase}" if metric.unit else ""
    low, high = (f"{end:g}" if end is not None else "" for end in (metric.low, metric.high))
    bounds = f", {low}..{high}" if low or high else ""
    yield metric.name, f"logged as {keys}{unit}{bounds}"
    if metric.description:
        yield "", metric.description


def _block(title: str, rows: Sequence[tuple[str, str]], colour: Colour, width: int) -> str:
    """A title and two columns; what is too long for the second goes on below itself."""
    if not rows:
        return ""
    column = max(len(word) for word, _ in rows) + 2
    lines = [colour(title, "bold")]
    for word, text in rows:
        label = f"{_INDENT}{word:<{column}}"
        for line in text.split("\n"):
            lines.append(wrapped(line, width, label=label))
            label = " " * len(label)
    return "\n".join(line for line in lines if line)


def _paragraph(text: str, width: int) -> str:
    return wrapped(" ".join(text.split()), width, label=_INDENT)
