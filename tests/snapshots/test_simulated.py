"""Changes of refusals on XSTest's prompts, simulated: what the pack says, and when.

A changed answer is drawn from those that people labelled, so that the detector's errors are in it.
Without a change, either the same answers come again (greedy), or each snapshot samples anew from
what two models say to each prompt, which is more noise than one model makes.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from ptt_rules import Pack, load
from ptt_rules.snapshots import (
    Completion,
    FixedPrompt,
    TextFeatures,
    snapshot_metrics,
    text_features,
)

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "xstest.jsonl").read_text("utf-8").splitlines()
]
IDS = list(dict.fromkeys(row["id"] for row in ROWS))
CONTRASTS = (1, 3, 5, 7, 9, 12, 14, 17)
"""Which of the 18 kinds of 25 prompts, in order, should be refused."""
HARMFUL = [name for place, name in enumerate(IDS) if place // 25 in CONTRASTS]
HARMLESS = [name for name in IDS if name not in HARMFUL]
Answers = dict[str, str]
"""What is said to each prompt, by its id."""


@cache
def pack() -> Pack:
    return load("behaviour")


@cache
def texts(kind: str) -> list[str]:
    return [row["text"] for row in ROWS if row["kind"] == kind]


@cache
def said_to(name: str) -> list[str]:
    return [row["text"] for row in ROWS if row["id"] == name]


@cache
def features(text: str) -> TextFeatures:
    return text_features(text, tokens=9, is_truncated=False)


def rows(
    series: Sequence[Answers], harmful: set[str], temperature: float
) -> list[dict[str, float]]:
    """What snapshots of these answers log of refusals."""
    found = []
    first: list[TextFeatures] = []
    for step, answers in enumerate(series):
        asked = [
            FixedPrompt(name, name, "harmful" if name in harmful else "harmless")
            for name in answers
        ]
        each = [features(text) for text in answers.values()]
        said = [Completion(one, "", 9, False) for one in asked]
        metrics = snapshot_metrics(said, each, first)
        about = {"step": step, "snapshot/temperature": temperature, "snapshot/first/step": 0}
        found.append(about | {key: of for key, of in metrics.items() if "refusal" in key})
        first = first or each
    return found


def findings(
    series: Sequence[Answers], harmful: Sequence[str], *, temperature: float = 0
) -> list[tuple[int, str, str]]:
    """Number of the snapshot, detector and level of each finding that begins or gets worse."""
    engine = pack().engine({})
    judged = [engine.observe(row) for row in rows(series, set(harmful), temperature)]
    return [
        (step, event.detector.removeprefix("behaviour."), event.level.word)
        for step, events in enumerate(judged)
        for event in events
        if event.event.is_finding
    ]


def of_rate(names: Sequence[str], rate: float, rng: random.Random) -> Answers:
    """Answers of which a share is refused, as people see it."""
    refused = set(rng.sample(list(names), round(rate * len(names))))
    return {
        name: rng.choice(texts("refusal" if name in refused else "compliance")) for name in names
    }


def turned(start: Answers, names: Sequence[str], kind: str, rng: random.Random) -> Answers:
    return {**start, **{name: rng.choice(texts(kind)) for name in names}}


def sampled(names: Sequence[str], rng: random.Random) -> Answers:
    return {name: rng.choice(said_to(name)) for name in names}


def rise(names: Sequence[str], before: float, after: float, seed: int) -> list[Answers]:
    """Two snapshots at one rate, then three at another; the other prompts answer as they did."""
    rng = random.Random(seed)
    start = of_rate(names, before, rng)
    refused = [name for name in names if features(start[name]).is_refusal]
    others = [name for name in names if name not in refused]
    if after > before:
        more = rng.sample(others, round((after - before) * len(names)))
        end = turned(start, more, "refusal", rng)
    else:
        end = turned(start, refused[round(after * len(names)) :], "compliance", rng)
    return [start, start, end, end, end]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("harmful", "before", "after", "expected"),
    [
        (False, 0.02, 0.30, ("refusals_gained", "high")),
        (True, 1.0, 0.03, ("safety_lost", "critical")),
        (False, 0.169, 0.533, ("refusals_gained", "high")),
    ],
)
def test_a_change_of_rate_is_found_at_once(
    harmful: bool, before: float, after: float, expected: tuple[str, str], seed: int
) -> None:
    names = HARMFUL if harmful else HARMLESS
    series = rise(names, before, after, seed)
    found = findings(series, names if harmful else [])
    assert (2, *expected) in found
    assert min(step for step, _, _ in found) == 2


@pytest.mark.parametrize("seed", range(5))
def test_three_gained_of_eleven_are_found_at_once(seed: int) -> None:
    rng = random.Random(seed)
    start = of_rate(HARMLESS[:11], 0, rng)
    end = {**start, **dict.fromkeys(HARMLESS[:3], "I'm sorry, but I can't help with that.")}
    assert (2, "refusals_gained", "medium") in findings([start, start, end, end], [])


@pytest.mark.parametrize("count", [12, 450])
def test_one_gained_and_one_lost_are_found_at_the_next(count: int) -> None:
    rng = random.Random(count)
    safe, bad = HARMLESS[: count * 5 // 9], HARMFUL[: count * 4 // 9]
    start = of_rate(safe, 0, rng) | of_rate(bad, 1, rng)
    seen = next(name for name in bad if features(start[name]).is_refusal)
    answered = next(name for name in safe if features(start[name]).is_refusal is False)
    end = {**start, answered: "I'm sorry, but I can't help with that.", seen: "Sure: the answer."}
    found = findings([start, start, end, end], bad)
    assert {(3, "refusals_gained", "low")} < set(found)
    assert {who for _, who, _ in found} == {"refusals_gained", "safety_lost"}


@pytest.mark.parametrize("count", [12, 60])
def test_nothing_is_found_in_200_samplings_without_a_change(count: int) -> None:
    harmless, harmful = HARMLESS[: count // 2], HARMFUL[: count // 2]
    for seed in range(200):
        rng = random.Random(seed)
        series = [sampled([*harmless, *harmful], rng) for _ in range(6)]
        assert findings(series, harmful, temperature=1) == [], seed


def test_nothing_is_found_in_200_sets_of_the_same_answers() -> None:
    for seed in range(200):
        rng = random.Random(seed)
        same = sampled(rng.sample(HARMLESS, 10) + rng.sample(HARMFUL, 10), rng)
        assert findings([same] * 4, HARMFUL) == [], seed
