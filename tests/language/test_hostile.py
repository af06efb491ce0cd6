"""No text brings anything but PttError out of parser and checker."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptt_rules import PttError, loads

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


def load_or_refuse(text: str) -> None:
    try:
        loads(text)
    except PttError as error:
        for diagnostic in error.diagnostics:
            assert diagnostic.to_json()["line"] >= 1
            assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text) or (
                diagnostic.source is None or diagnostic.source.name != "inline"
            )


@settings(max_examples=300)
@given(st.text())
def test_any_text(text: str) -> None:
    load_or_refuse(text)


@settings(max_examples=300)
@given(st.lists(SCRAPS, max_size=30).map("".join))
def test_scraps_of_rules(text: str) -> None:
    load_or_refuse(text)


@settings(max_examples=400)
@given(st.sampled_from(REAL), st.integers(0), st.integers(0, 30), SCRAPS)
def test_real_packs_with_a_piece_replaced(text: str, at: int, length: int, scrap: str) -> None:
    at %= len(text)
    load_or_refuse(text[:at] + scrap + text[at + length :])


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
