"""No text brings anything but PttError out of parser and checker."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptt_rules import Diagnostic, PttError, loads
from ptt_rules.language.source import Source
from ptt_rules.language.syntax import MAX_SOURCE_CHARS, parse
from ptt_rules.language.syntax.parser import MAX_SYNTAX_ERRORS

ROOT = Path(__file__).resolve().parents[2]
REAL = [
    path.read_text()
    for path in [
        *(ROOT / "rulepacks").rglob("*.ptt"),
        *(ROOT / "tests" / "errors").glob("*.ptt"),
        *(ROOT / "tests" / "golden").glob("*.ptt"),
    ]
]
SCRAPS = st.sampled_from(
    [
        *("{", "}", "(", ")", "[", "]", '"', '"""', "`", "#", "..", "-", "%", "\\"),
        *("not ", " when ", " x ", "for ", "5 steps", "config.", "in ", "extends ", "common"),
        *("detector d {", "high when ", "let a = ", "policy p {", "mean(", "[first 3]"),
        *("1e400", "{a:{b}}", "\x00", "é", "\n"),
    ]
)


TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|\w+|\s+|.', re.DOTALL)
BRACKETS = ["(", "[", "{", "mean(", "kl[", "not ", "- ", "on high {", "detector a {", "`", "'"]


def load_or_refuse(text: str) -> tuple[Diagnostic, ...]:
    try:
        loads(text)
    except PttError as error:
        for diagnostic in error.diagnostics:
            assert diagnostic.to_json()["line"] >= 1
            for span in (diagnostic.span, *(label.span for label in diagnostic.labels)):
                assert 0 <= span.start <= span.end
            if diagnostic.source is not None and diagnostic.source.name == "inline":
                assert diagnostic.span.end <= len(text)
                assert diagnostic.edit is None or diagnostic.edit.span.end <= len(text)
        return error.diagnostics
    return ()


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_any_text(text: str) -> None:
    load_or_refuse(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(SCRAPS, max_size=30).map("".join))
def test_scraps_of_rules(text: str) -> None:
    load_or_refuse(text)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(REAL), st.integers(0), st.integers(0, 30), SCRAPS)
def test_real_packs_with_a_piece_replaced(text: str, at: int, length: int, scrap: str) -> None:
    at %= len(text)
    load_or_refuse(text[:at] + scrap + text[at + length :])


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(REAL), st.data())
def test_real_packs_with_words_deleted_doubled_and_swapped(text: str, data: st.DataObject) -> None:
    words = TOKEN.findall(text)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(words) - 1))
        other = data.draw(st.integers(0, len(words) - 1))
        change = data.draw(st.sampled_from(["delete", "double", "swap"]))
        if change == "delete":
            words[at] = ""
        elif change == "double":
            words[at] *= 2
        else:
            words[at], words[other] = words[other], words[at]
    load_or_refuse("".join(words))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(REAL), st.data())
def test_real_packs_with_lines_cut_short(text: str, data: st.DataObject) -> None:
    lines = text.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
    load_or_refuse("\n".join(lines))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(REAL), st.integers(0))
def test_one_word_less_costs_no_other_declaration(text: str, at: int) -> None:
    """What is told lies in the declaration that lost a word, or in one that needs it."""
    module, told = parse(Source("a", text))
    if told or not module.items:
        return
    words = [match.span() for match in TOKEN.finditer(text)]
    start, end = words[at % len(words)]
    broken, _ = parse(Source("a", text[:start] + text[end:]))
    whole = {type(item).__name__ for item in module.items if not start <= item.span.end}
    assert whole <= {type(item).__name__ for item in broken.items}
    before = [item for item in module.items if item.span.end < start]
    assert repr(broken.items[: len(before)]) == repr(tuple(before))  # a NaN is not equal to itself


@pytest.mark.parametrize("bracket", BRACKETS)
def test_deep_nesting_of_every_bracket(bracket: str) -> None:
    for text in (bracket * 10_000, f"detector a {{ high when {bracket * 10_000}"):
        assert len(load_or_refuse(text)) <= MAX_SYNTAX_ERRORS + 2


@pytest.mark.parametrize(
    "line",
    [
        "x y z ;;;\n",
        "  high kl > 3\n",
        "on high: stop\n",
        '"""\\',
    ],
)
def test_a_large_file_of_errors_is_told_in_bounded_time(line: str) -> None:
    text = ('metric kl: nats = "kl"\ndetector a {\n' + line * 100_000)[:MAX_SOURCE_CHARS]
    started = time.process_time()
    _, told = parse(Source("a", text))
    assert len(told) <= MAX_SYNTAX_ERRORS + 1
    assert time.process_time() - started < 30


@pytest.mark.parametrize(
    "text",
    [
        "detector d { high when kl > 3 }\n" * 20_000,
        'metric kl: nats = "kl"\n' * 40_000,
        "detector x { high when " + "a + " * 50_000 + "a > 1 }",
        "{" * 100_000,
        '"' * 99_999,
        "detector x { high when " + "[" * 50_000,
    ],
    ids=["detectors", "metrics", "sum", "braces", "quotes", "brackets"],
)
def test_large_input_is_refused(text: str) -> None:
    with pytest.raises(PttError):
        loads(text)


def test_a_huge_string_is_read() -> None:
    text = 'metric kl: nats = "kl"\n  """' + '\\"a\n' * 200_000 + '"""\n'
    assert load_or_refuse(text) == ()
