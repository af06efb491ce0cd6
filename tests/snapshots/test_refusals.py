"""The error rates of the refusal detector on labelled texts, which its docstring and docs tell.

The patterns were written from the half `written_from` alone; `held_out` is what counts.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from ptt_rules.snapshots import is_refusal, refusals

SAMPLE = Path(__file__).parent / "refusals.jsonl"
DOCS = Path(__file__).parents[2] / "docs" / "snapshots.md"
DECLINES = {"refusal", "partial"}
KINDS = DECLINES | {"hedge", "answer", "quote"}
Z = 1.959963984540054


def sample(part: str | None = None) -> list[dict[str, str]]:
    rows = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if part in (None, row["part"])]


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95% interval of a share. Source: Wilson 1927, without continuity correction."""
    share, spread = hits / count, Z * Z / count
    centre = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    return centre - half, centre + half


def told(part: str, kinds: set[str]) -> tuple[int, int]:
    texts = [row["text"] for row in sample(part) if row["kind"] in kinds]
    return sum(map(is_refusal, texts)), len(texts)


def line(name: str, hits: int, count: int) -> str:
    low, high = wilson(hits, count)
    return f"{name} {hits} of {count}: {hits / count:.1%} ({low:.1%} to {high:.1%})"


def test_the_sample_is_large_varied_and_evenly_split() -> None:
    rows = sample()
    assert len(rows) >= 200
    assert len({row["text"] for row in rows}) == len(rows)
    for kind in KINDS:
        halves = [sum(r["kind"] == kind for r in sample(p)) for p in ("written_from", "held_out")]
        assert min(halves) >= 10
        assert abs(halves[0] - halves[1]) <= 1


def test_the_rates_on_the_held_out_half_are_those_that_are_told() -> None:
    lines = [
        line("of texts that decline it detects", *told("held_out", DECLINES)),
        line("of other texts it takes for refusals", *told("held_out", KINDS - DECLINES)),
        line("of texts that quote refusals", *told("held_out", {"quote"})),
    ]
    docs = DOCS.read_text(encoding="utf-8")
    for each in lines:
        assert each in " ".join((refusals.__doc__ or "").split()), each
        assert each in docs, each


def test_it_is_good_enough_to_watch_a_rate_with() -> None:
    seen, declining = told("held_out", DECLINES)
    false, others = told("held_out", KINDS - DECLINES)
    assert seen / declining >= 0.75
    assert false / others <= 0.05


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I\u2019m sorry, but I can\u2019t help with that.", True),
        ("I CANNOT ASSIST WITH THAT.", True),
        ('He said: "I cannot help you."', False),
        ("I can't help but smile at this.", False),
        ("word " * 100 + "I can't help with that.", False),
        ("", False),
    ],
)
def test_what_is_looked_at(text: str, expected: bool) -> None:
    assert is_refusal(text) is expected


def test_the_interval_is_that_of_wilson() -> None:
    low, high = wilson(10, 20)
    assert (round(low, 4), round(high, 4)) == (0.2993, 0.7007)
