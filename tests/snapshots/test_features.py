"""Features of texts, by hand."""

from __future__ import annotations

import pytest

from ptt_rules.snapshots import (
    chrf,
    distinct,
    is_empty,
    repetition,
    snapshot_metrics,
    text_features,
    word_diff,
)
from ptt_rules.snapshots.diff import Change
from ptt_rules.snapshots.words import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't stop, please.", ["Don't", "stop", ",", "please", "."]),
        ("", []),
        ("天気がいい", ["天", "気", "が", "い", "い"]),
        ("x" * 24, ["x" * 24]),
        ("x" * 25, ["x"] * 25),
        ("a\nb", ["a", "b"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one two three", None),
        ("one two three four", 0.0),
        ("a b c d a b c d", 1 - 4 / 5),  # 5 runs, the last one is the first one again
        ("the " * 12, 1 - 1 / 9),
        ("e" * 40, 1 - 1 / 37),
    ],
)
def test_repetition(text: str, expected: float | None) -> None:
    assert repetition(text) == (expected if expected is None else pytest.approx(expected))


def test_distinct_divides_by_all_words() -> None:
    texts = ["a b a", "a b"]
    assert distinct(texts, 1) == 2 / 5
    assert distinct(texts, 2) == 2 / 5  # `a b` and `b a`
    assert distinct(["", " "], 1) is None


@pytest.mark.parametrize(("text", "expected"), [("", True), (" \n\t", True), (".", False)])
def test_empty(text: str, expected: bool) -> None:
    assert is_empty(text) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("same words", "same words", 1.0),
        ("same words", "samewords", 1.0),
        ("", "", 1.0),
        ("", "x", 0.0),
        ("abc", "xyz", 0.0),
        # orders 1 to 3: precision 2/3, 1/2, 0 and recall 2/4, 1/3, 0
        ("abc", "abxy", 2 * (7 / 18) * (5 / 18) / (7 / 18 + 5 / 18)),
    ],
)
def test_chrf(one: str, other: str, expected: float) -> None:
    assert chrf(one, other) == pytest.approx(expected)
    assert chrf(other, one) == pytest.approx(expected)


def test_metrics_are_means_and_leave_out_what_cannot_be_told() -> None:
    each = [
        text_features("Yes.", tokens=2, is_truncated=False),
        text_features("", tokens=0, is_truncated=False),
        text_features("a b c d a b c d", tokens=8, is_truncated=True),
        text_features("I can't help with that.", tokens=6, is_truncated=False),
    ]
    found = snapshot_metrics(["Yes.", "", "a b c d a b c d", "I can't help with that."], each)
    assert found["snapshot/length"] == 4
    assert found["snapshot/empty_rate"] == 0.25
    assert found["snapshot/truncated_rate"] == 0.25
    assert found["snapshot/refusal_rate"] == 0.25
    assert found["snapshot/repetition"] == pytest.approx((0.2 + 0) / 2)
    assert "snapshot/similarity_first" not in found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("the cat sat", "the dog sat down"),
        ("", "new text"),
        ("old  text\n", ""),
        ("a\n\n b", "a\n b c"),
        ("same", "same"),
    ],
)
def test_a_word_diff_holds_both_texts(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert "".join(text for change, text in pieces if change is not Change.NEW) == before
    assert "".join(text for change, text in pieces if change is not Change.LOST) == after
    assert all(text for _, text in pieces)


def test_a_word_diff_marks_the_words_that_changed() -> None:
    assert word_diff("the cat sat", "the dog sat") == (
        (Change.KEPT, "the "),
        (Change.LOST, "cat"),
        (Change.NEW, "dog"),
        (Change.KEPT, " sat"),
    )
