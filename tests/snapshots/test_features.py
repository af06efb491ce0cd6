"""Features of texts, by hand."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ptt_rules.report import diff_page, diff_text
from ptt_rules.snapshots import (
    Completion,
    FixedPrompt,
    Flip,
    Snapshot,
    chrf,
    diff_snapshots,
    distinct,
    is_empty,
    repetition,
    word_diff,
)
from ptt_rules.snapshots.diff import MOST, Change
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
    found = snapshot(
        said("Yes.", tokens=2),
        said("", tokens=0),
        said("a b c d a b c d", tokens=8, is_truncated=True),
        said("I can't help with that.", tokens=6),
    ).metrics
    assert found["snapshot/length"] == 4
    assert found["snapshot/empty_rate"] == 0.25
    assert found["snapshot/truncated_rate"] == 0.25
    assert found["snapshot/refusal_rate"] == 0.25
    assert found["snapshot/repetition"] == pytest.approx((0.2 + 0) / 2)
    assert "snapshot/similarity_first" not in found
    assert "snapshot/refusals_gained" not in found


@pytest.mark.parametrize(
    ("lengths", "median", "p90"),
    [
        ("1 2 3 4 5 6 7 8 9 10", 5, 9),
        ("1 2 3 4 5 6 7 8+ 8+ 8+", 5, None),  # three of ten are cut off: the ninth may be any
        ("1 2 8+ 8+ 8+", None, None),
        ("1 2+ 3 4 5 6", 4, 6),  # one was cut off early, and may be as long as any other
        ("8+", None, None),
    ],
)
def test_lengths_that_were_cut_off_are_at_least_as_long(
    lengths: str, median: int | None, p90: int | None
) -> None:
    made = [
        said(f"answer {n}", f"p{n}", tokens=int(one.strip("+")), is_truncated="+" in one)
        for n, one in enumerate(lengths.split())
    ]
    first = snapshot(*made)
    assert first.metrics.get("snapshot/length_median") == median
    assert first.metrics.get("snapshot/length_p90") == p90


def test_a_diff_says_which_lengths_are_at_least() -> None:
    settings = {"max_new_tokens": 8}
    one, cut = said(YES, "a", tokens=4), said(NO, "a", tokens=8, is_truncated=True)
    before, after = (
        Snapshot.of(0, [one], settings=settings),
        Snapshot.of(2, [cut], settings=settings),
    )
    diff = diff_snapshots(before, after)
    assert diff is not None
    lines = [line.split() for line in diff_text(diff).splitlines() if "/length" in line]
    assert lines == [
        ["snapshot/length", "4", "≥8"],
        ["snapshot/length_median", "4", "≥8"],
        ["snapshot/length_p90", "4", "≥8"],
    ]
    cells = re.sub(r"<td[^>]*>", "<td>", diff_page(diff))
    assert "<td>length_median</td><td>4</td><td>≥8</td>" in cells


def said(text: str, prompt: str = "", *, tokens: int = 1, is_truncated: bool = False) -> Completion:
    """An answer to a prompt such as `a harmful`: an id and a label."""
    name, _, label = prompt.partition(" ")
    return Completion(FixedPrompt(name or text or "empty", name, label), text, tokens, is_truncated)


def snapshot(*given: Completion, first: Snapshot | None = None, **scores: Any) -> Snapshot:
    step = 0 if first is None else 10
    return Snapshot.of(step, given, first=first, last=first, scores=scores)


NO = "I can't help with that."
YES = "The answer is 42."
ES = "No puedo ayudar con eso, lo siento."


def test_flips_are_counted_by_label() -> None:
    first = snapshot(
        said(YES, "a harmless"), said(YES, "b harmless"), said(NO, "c harmful"), said(NO, "d")
    )
    found = snapshot(
        said(NO, "a harmless"), said(YES, "b harmless"), said(YES, "c harmful"), said(ES, "d"),
        first=first,
    ).metrics  # fmt: skip
    names = ("refusals_gained", "refusals_lost", "refusals_compared", "refusal_rate")
    of = {key: found[f"snapshot/{key}"] for key in names}
    assert of == dict(zip(names, (1, 1, 3, pytest.approx(1 / 3)), strict=True))
    harmless = {key: found[f"snapshot/{key}/harmless"] for key in names}
    assert harmless == dict(zip(names, (1, 0, 2, 0.5), strict=True))
    assert found["snapshot/refusals_lost/harmful"] == 1
    assert found["snapshot/refusal_known"] == 0.75
    assert found["snapshot/first/refusal_rate"] == 0.5


def test_a_rate_of_unknown_answers_is_absent() -> None:
    found = snapshot(said(ES, "a"), said(ES, "b"), said(NO, "c")).metrics
    assert "snapshot/refusal_rate" not in found
    assert found["snapshot/refusal_known"] == pytest.approx(1 / 3)


def test_weights_count_in_means_and_not_in_flips() -> None:
    heavy = FixedPrompt("a", weight=3.0)
    first = snapshot(Completion(heavy, YES, 5, False), said(YES, "b"))
    found = snapshot(Completion(heavy, NO, 9, False), said(YES, "b"), first=first).metrics
    assert found["snapshot/refusal_rate"] == 0.75
    assert found["snapshot/length"] == 7
    assert found["snapshot/refusals_gained"] == 1


def test_scores_and_drift_are_means_by_label() -> None:
    one, two = said(YES, "a odd"), said(YES, "b")
    first = snapshot(one, two, logprob=[-1.0, -2.0], reward=[1.0, None])
    found = snapshot(one, two, first=first, logprob=[-1.5, -2.1], reward=[3.0, 5.0]).metrics
    assert found["snapshot/reward"] == 4
    assert found["snapshot/reward/odd"] == 3
    assert found["snapshot/drift"] == pytest.approx(0.3)
    assert found["snapshot/drift/odd"] == pytest.approx(0.5)


def test_chance_is_likeness_to_answers_to_other_prompts() -> None:
    texts = ["The cat sat on the mat.", "Prices rose by nine percent."]
    first = snapshot(said(texts[0], "a"), said(texts[1], "b"))
    found = snapshot(said(texts[0], "a"), said(texts[1], "b"), first=first).metrics
    assert found["snapshot/similarity_first"] == 1
    assert found["snapshot/similarity_chance"] == pytest.approx(chrf(*texts))


def test_at_most_64_answers_are_compared() -> None:
    many = [said(f"answer {n}", f"p{n}") for n in range(150)]
    first = snapshot(*many)
    second = snapshot(*many, first=first)
    known = [one for one in second.features if one.similarity_first is not None]
    assert len(known) == 50
    assert second.metrics["snapshot/similarity_first"] == 1


def test_a_snapshot_is_read_as_it_was_written() -> None:
    asked = FixedPrompt([{"role": "user", "content": "hi"}], "x", "odd", 2.0)
    first = snapshot(Completion(asked, NO, 5, False, (1, 2)), reward=[1.0])
    second = snapshot(Completion(asked, YES, 5, True), first=first, reward=[None])
    for one in (first, second):
        assert Snapshot.from_json(json.loads(json.dumps(one.to_json()))) == one


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("the cat sat", "the dog sat down"),
        ("", "new text"),
        ("old  text\n", ""),
        ("a\n\n b", "a\n b c"),
        ("same", "same"),
        ("a b", "a b c"),
        ("a b", " c a\tb \n"),
        (" \n", "\n"),
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


def test_white_space_between_changed_words_does_not_cut_them() -> None:
    assert word_diff("one two three", "four five three") == (
        (Change.LOST, "one two"),
        (Change.NEW, "four five"),
        (Change.KEPT, " three"),
    )


def test_a_diff_compares_64_answers_and_orders_all() -> None:
    many = [said(f"answer {n} is the same", f"p{n}") for n in range(150)]
    first = snapshot(*many)
    second = snapshot(*many[:-1], said("something else", "p149"), first=first)
    diff = diff_snapshots(first, second)
    assert diff is not None
    assert [one.prompt for one in diff.prompts[:2]] == ["p149", "p0"]
    known = [one.similarity for one in diff.prompts if one.similarity is not None]
    assert len(known) == 50
    assert diff.similarity == second.metrics["snapshot/similarity_first"]


def test_flipped_refusals_come_first_and_are_counted() -> None:
    first = snapshot(said(YES, "a harmless"), said(NO, "b harmful"), said(YES, "c"), said(YES, "d"))
    second = snapshot(
        said(NO, "a harmless"), said("Sure, so.", "b harmful"), said("?", "c"), said(YES, "d"),
        first=first,
    )  # fmt: skip
    diff = diff_snapshots(first, second)
    assert diff is not None
    assert [one.prompt for one in diff.prompts] == ["b", "a", "c", "d"]
    assert [one.flip for one in diff.prompts] == [Flip.LOST, Flip.GAINED, None, None]
    harmful = diff.flips()["harmful"]
    assert (harmful.gained, harmful.lost, harmful.refused, harmful.compared) == (0, 1, (1, 0), 1)
    for text in (diff_text(diff), diff_page(diff)):
        assert "Refusals: gained 1 harmless; lost 1 harmful." in text
        assert "1 of 1 (21% to 100%)" in text
    assert diff.to_json()["refusals"]["harmful"]["interval"]["before"] == [0.2065, 1.0]


def test_answers_beyond_the_most_changed_are_shown_whole() -> None:
    many = [said(f"the answer {n}", f"p{n}") for n in range(MOST + 1)]
    first = snapshot(*many)
    second = snapshot(*[said(f"the word {n}", f"p{n}") for n in range(MOST + 1)])
    diff = diff_snapshots(first, second)
    assert diff is not None
    assert diff.prompts[0].words[0][0] is Change.KEPT
    assert [change for change, _ in diff.prompts[MOST].words] == [Change.LOST, Change.NEW]
