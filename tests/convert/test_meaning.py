"""A converted heuristic fires in the rows in which the older tool's definition says so."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ptt_rules import EventKind, loads, replay
from ptt_rules.authoring.convert import collect, convert, read_collection
from ptt_rules.language.source import Source
from tests.convert.reading import Series, verdicts

HEURISTICS = Path(__file__).parent / "heuristics"
SAMPLES = [
    pytest.param(path, heuristic, id=heuristic["name"])
    for path in sorted(HEURISTICS.glob("*.yaml"))
    for loaded in [yaml.safe_load(path.read_text())]
    for heuristic in (
        [loaded]
        if "name" in loaded
        else loaded
        if isinstance(loaded, list)
        else loaded.get("heuristics", loaded.get("rules"))
    )
    if isinstance(heuristic, dict)
]
NAMES = {"accuracy-stuck at 50%": "accuracy_stuck_at_50"}

# Eighths add up without rounding, so that a mean is the same number in whatever order it is taken.
eighths = st.integers(-16, 24).map(lambda number: number / 8)
ends = st.sampled_from([math.nan, math.nan, math.inf, -math.inf])
cells = st.one_of(eighths, eighths, eighths, st.none(), ends)
numbers = st.integers(-8, 16).map(lambda number: number / 8)
CONDITIONS = {
    **{sign: numbers.map(f"{sign} {{}}".format) for sign in ("<", ">", "<=", ">=", "==")},
    "range": st.tuples(numbers, numbers).map(lambda pair: "range({}, {})".format(*sorted(pair))),
    "drop": st.integers(1, 120).map("drop({}%)".format),
    "spike": st.integers(2, 30).map(lambda tenths: f"spike({tenths / 8}x)"),
}


def told(pack_text: str, detector: str, key: str, series: Series) -> list[bool | None]:
    """Whether the detector fires at each row; None where the row does not have the metric."""
    rows = [
        {"step": number, "other": 1.0} | ({} if value is None else {key: value})
        for number, value in enumerate(series)
    ]
    events = {
        event.row: event.event
        for event in replay(loads(pack_text), rows).events
        if event.detector.endswith(f".{detector}")
    }
    assert set(events.values()) <= {EventKind.FIRED, EventKind.RESOLVED}
    firing, said = False, list[bool | None]()
    for row, value in enumerate(series):
        firing = events[row] is EventKind.FIRED if row in events else firing
        said.append(None if value is None else firing)
    return said


def converted(text: str) -> str:
    """The one pack of a text."""
    done = convert(collect("mine", "mine", [Source("mine.yaml", text)]))
    assert not done.diagnostics
    (pack,) = done.packs
    return pack.text


@pytest.mark.parametrize("kind", CONDITIONS)
@settings(max_examples=40)
@given(data=st.data())
def test_a_condition_keeps_its_meaning(kind: str, data: st.DataObject) -> None:
    heuristic: dict[str, Any] = {
        "name": "x",
        "trainers": ["dpo"],
        "metric": "m",
        "condition": data.draw(CONDITIONS[kind]),
        "severity": "high",
        "message": "{value:.3f}",
        "window": data.draw(st.integers(1, 10)),
        "min_steps": data.draw(st.integers(0, 30)),
    }
    series = data.draw(st.lists(cells, max_size=60))
    pack = converted(json.dumps(heuristic))
    assert told(pack, "x", "m", series) == verdicts(heuristic, series)


@pytest.mark.parametrize(("path", "heuristic"), SAMPLES)
@settings(max_examples=10)
@given(data=st.data())
def test_a_sample_keeps_its_meaning(
    path: Path, heuristic: dict[str, Any], data: st.DataObject
) -> None:
    scale = data.draw(st.sampled_from([-256.0, 0.0625, 0.25, 1.0, 8.0]))
    series = [
        value and value * scale for value in data.draw(st.lists(cells, min_size=40, max_size=150))
    ]
    name = NAMES.get(heuristic["name"], heuristic["name"])
    packs = [pack.text for pack in convert(read_collection(path)).packs]
    holding = [text for text in packs if f"detector {name} {{" in text]
    assert holding
    for text in holding:
        assert told(text, name, heuristic["metric"], series) == verdicts(heuristic, series)


# ---- where each sample begins to fire: worked out by hand -------------------------------------

Pieces = list[tuple[float, int]]

FIRST: list[tuple[str, str, Pieces, int | None]] = [
    ("loss_spike", "loss_spike", [(1, 50), (3, 1), (1, 9)], 50),
    ("loss_spike", "loss_spike", [(1, 50), (2.9, 1), (1, 9)], None),
    ("loss_not_falling", "loss_not_falling", [(10, 120)], 99),
    ("loss_not_falling", "loss_not_falling", [(9.9, 120)], None),
    ("learning_rate_zero", "learning_rate_zero", [(0, 5)], 4),
    ("learning_rate_zero", "learning_rate_zero", [(0, 4), (1e-9, 1)], None),
    ("gradient_growth", "gradient_norm_high", [(1, 40), (26, 20)], 49),
    ("gradient_growth", "gradient_norm_high", [(1, 40), (25, 20)], None),
    ("gradient_growth", "gradient_spike", [(1, 60), (10, 1)], 60),
    ("gradient_growth", "gradient_spike", [(1, 60), (9, 1)], None),
    ("margin_collapse", "margin_collapse", [(0, 40)], 29),
    ("margin_collapse", "margin_collapse", [(0.11, 40)], None),
    ("loss_at_chance", "loss_at_chance", [(0.693, 40)], 29),
    ("loss_at_chance", "loss_at_chance", [(0.72, 40)], None),
    ("accuracy_stuck", "accuracy_stuck_at_50", [(0.515, 120)], 99),
    ("accuracy_stuck", "accuracy_stuck_at_50", [(0.525, 120)], None),
    ("logps_fall", "logps_fall", [(-251, 1)], 0),
    ("logps_fall", "logps_fall", [(-250, 20)], None),
    ("kl_high", "kl_high", [(0.4, 40)], 29),
    ("kl_high", "kl_high", [(0.25, 40)], None),
    ("entropy_drop", "entropy_drop", [(2, 30), (1, 30)], 59),
    ("entropy_drop", "entropy_drop", [(2, 30), (1.1, 60)], None),
    ("value_loss", "value_loss_high", [(0.6, 40)], 29),
    ("value_loss", "value_loss_high", [(0.5, 40)], None),
    ("clip_fraction", "clip_fraction_high", [(0.5, 12)], 9),
    ("clip_fraction", "clip_fraction_high", [(0.25, 40)], None),
    ("reward_flat", "reward_flat", [(0, 50)], 39),
    ("reward_flat", "reward_flat", [(0.02, 50)], None),
    ("truncation", "truncation", [(0.5, 40)], 29),
    ("truncation", "truncation", [(0.25, 40)], None),
    ("team", "margin_low", [(0, 30)], 19),
    ("team", "margin_low", [(0.05, 30)], None),
    ("team", "reward_drop", [(1, 20), (0.5, 20)], 25),
    ("team", "reward_drop", [(1, 20), (0.75, 20)], None),
    ("team", "loss_high", [(6, 30)], 19),
    ("team", "loss_high", [(5, 30)], None),
]


@pytest.mark.parametrize(("file", "name", "pieces", "first"), FIRST)
def test_a_sample_begins_to_fire_where_it_should(
    file: str, name: str, pieces: Pieces, first: int | None
) -> None:
    ((_, heuristic),) = (
        sample.values
        for sample in SAMPLES
        if NAMES.get(sample.values[1]["name"], sample.values[1]["name"]) == name
    )
    series = [value for value, count in pieces for _ in range(count)]
    packs = convert(read_collection(HEURISTICS / f"{file}.yaml")).packs
    text = next(pack.text for pack in packs if f"detector {name} {{" in pack.text)
    for said in (told(text, name, heuristic["metric"], series), verdicts(heuristic, series)):
        assert (said.index(True) if True in said else None) == first


def test_every_sample_has_a_series_that_fires_it_and_one_that_does_not() -> None:
    names = {NAMES.get(sample.id or "", sample.id) for sample in SAMPLES}
    assert {name for _, name, _, first in FIRST if first is not None} == names
    assert {name for _, name, _, first in FIRST if first is None} == names


@pytest.mark.parametrize(
    ("condition", "value", "fires"),
    [
        ("> 0.3", math.inf, True),
        (">= 0.3", math.inf, True),
        ("< 0.3", -math.inf, True),
        ("<= 0.3", -math.inf, True),
        ("spike(3x)", math.inf, True),
        ("> 0.3", -math.inf, False),
        ("< 0.01", math.inf, False),
        ("== 0.5", math.inf, False),
        ("range(1, 2)", math.inf, False),
        ("drop(50%)", -math.inf, False),
    ],
)
def test_an_infinity_fires_what_it_is_beyond(condition: str, value: float, fires: bool) -> None:
    heuristic = {"name": "x", "trainers": ["dpo"], "metric": "m", "condition": condition}
    pack = converted(json.dumps({**heuristic, "severity": "high", "message": "m", "window": 5}))
    usual = 0.4 if condition in ("< 0.3", "<= 0.3") else 0.1
    verdicts = told(pack, "x", "m", [usual] * 40 + [value])
    assert verdicts == [False] * 40 + [fires]


def test_what_is_never_negative_by_its_definition_has_no_infinity_below() -> None:
    heuristic = {"name": "x", "trainers": ["grpo"], "metric": "group_reward_std"}
    rest = {"condition": "< 0.01", "severity": "high", "message": "m"}
    assert "isinf" not in converted(json.dumps({**heuristic, **rest}))


def test_rows_without_the_metric_do_not_count() -> None:
    """The older tool counted all rows, and so judged a metric of evaluations by one value."""
    pack = converted(
        '{"name": "x", "trainers": ["sft"], "metric": "eval_loss", "condition": "> 1", '
        '"severity": "high", "message": "m", "window": 2, "min_steps": 3}'
    )
    series = [None, None, 2.0, None, None, 2.0, None, 2.0]
    assert told(pack, "x", "eval_loss", series)[5:] == [False, None, True]
