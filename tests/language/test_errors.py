"""Every mistake in `tests/errors/*.ptt` is told on its line, with its code, and nothing else is.

Pieces are split by `---`. `### CODE "regex" hint "regex"` at the end of a line says what must be
told there; the comment itself is part of what is checked.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ptt_rules import Diagnostic, PttError, loads

ERRORS = Path(__file__).parents[1] / "errors"
EXPECTED = re.compile(r'### (PTT\d{3}) "((?:[^"]|"(?!\s|$))*)"(?: hint "(.*)")?\s*$')


def _pieces() -> list[tuple[str, str]]:
    return [
        (f"{path.stem}-{number}", piece.strip("\n") + "\n")
        for path in sorted(ERRORS.glob("*.ptt"))
        for number, piece in enumerate(path.read_text().split("\n---\n"), start=1)
    ]


def diagnostics_of(text: str) -> tuple[Diagnostic, ...]:
    try:
        loads(text, name="piece.ptt")
    except PttError as error:
        return error.diagnostics
    return ()


@pytest.mark.parametrize(("name", "text"), _pieces(), ids=[name for name, _ in _pieces()])
def test_each_mistake_is_told_where_it_is(name: str, text: str) -> None:
    expected = {
        number: match
        for number, line in enumerate(text.splitlines(), start=1)
        if (match := EXPECTED.search(line))
    }
    told = diagnostics_of(text)
    assert [d.to_json()["line"] for d in told] == list(expected), told
    for diagnostic, match in zip(told, expected.values(), strict=True):
        code, message, hint = match.groups()
        assert diagnostic.code == code
        assert re.search(message, diagnostic.message), diagnostic.message
        assert hint is None or re.search(hint, diagnostic.hint or ""), diagnostic.hint
        assert diagnostic.span.start < diagnostic.span.end <= len(text)


def test_three_mistakes_give_three_diagnostics_at_the_right_characters() -> None:
    text = (
        'metric kl: nats = "kl"\n'
        "detector a { high when men(kl[20]) > 0.3 }\n"
        "detector b { high when kl = 3 }\n"
        "detector c { high when mean(kl[20]) > 200% }\n"
        "detector d { high when kl > 3 }\n"
    )
    told = diagnostics_of(text)
    assert [text[d.span.start : d.span.end] for d in told] == ["men", "=", "200%"]
    assert [d.code for d in told] == ["PTT101", "PTT001", "PTT203"]


def test_a_string_that_is_not_closed_is_told_on_its_line() -> None:
    (told,) = diagnostics_of('metric kl: nats = "kl\nmetric a: nats = "a"\n')
    assert (told.code, told.to_json()["line"]) == ("PTT003", 1)


def test_a_long_string_that_is_not_closed_is_told_where_it_begins() -> None:
    text = 'metric kl: nats = "kl" """A text\nthat goes on.\n'
    (told,) = diagnostics_of(text)
    assert (told.code, told.span.start) == ("PTT003", text.index('"""'))


def test_a_mistake_in_a_metric_is_not_told_again_where_it_is_used() -> None:
    text = 'metric r: scor = "r"\nderive d: score = r + nothing\n'
    text += 'detector a { high when r > 1 and d > 1 message "{r}, {d}" }\n'
    assert [d.code for d in diagnostics_of(text)] == ["PTT104", "PTT101"]


@pytest.mark.parametrize("depth", [100, 10_000])
def test_deep_nesting_is_told_and_harms_nothing(depth: int) -> None:
    for text in ("(" * depth + "a" + ")" * depth, "not " * depth + "a", "- " * depth + "a"):
        told = diagnostics_of(f"detector x {{ high when {text} > 1 }}")
        assert told
        assert {d.code for d in told} <= {"PTT005", "PTT101", "PTT001"}


def test_a_file_larger_than_the_limit_is_told() -> None:
    assert [d.code for d in diagnostics_of("# " + "x" * 1_000_001)] == ["PTT004"]


def test_lets_that_double_their_size_are_bounded() -> None:
    lets = "".join(f"let a{i + 1} = a{i} + a{i}\n" for i in range(300))
    text = f'metric kl: nats = "kl"\ndetector x {{ let a0 = kl\n{lets} high when a300 > 1 }}'
    assert [d.code for d in diagnostics_of(text)] == ["PTT005"]
