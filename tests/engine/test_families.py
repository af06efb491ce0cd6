"""Instances of families: the first thousand are judged, at the cost of their rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ptt_rules import Event, Pack, load, loads, replay
from ptt_rules.evaluation import MOST_INSTANCES
from ptt_rules.evaluation.row import generated
from tests.judges import in_columns, interrupted, live, reference, whole

Rows = Sequence[Mapping[str, Any]]

RULES = """
metric part[name]: none = "part/{name}/a", "part/{name}"
metric other[name]: none = "other/{name}"
metric loss: loss = "loss"
detector high_part for each part { high when part > 1 }
detector high_other for each other { low when other > 1 }
"""


def told(pack: Pack, rows: Rows) -> list[Event]:
    """What a run is told, the same live, resumed and offline."""
    events = [one for one in live(pack, rows, {}) if isinstance(one, Event)]
    assert [one for one in whole(pack, rows, {}) if isinstance(one, Event)] == events
    return events


def test_later_instances_are_not_judged_in_the_order_of_rows_then_of_words() -> None:
    pack = loads(RULES)
    first = {f"part/w{number:04}": 0.0 for number in reversed(range(MOST_INSTANCES - 2))}
    rows = [
        {"step": 1, **first},
        {"step": 2, "part/z": 9.0, "part/b/a": 9.0, "part/a": 9.0, "part/w0003": 9.0},
        {"step": 3, "part/c": 9.0, "part/0": 9.0, "part/z": 9.0, "other/z": 9.0},
    ]
    found = [(one.who.partition(".")[2], one.step) for one in told(pack, rows)]
    assert found == [
        ("high_part[a]", 2),
        ("high_part[b]", 2),
        ("high_part[w0003]", 2),
        ("high_other[z]", 3),
    ]
    judged = in_columns(pack, rows)
    (crowded,) = judged.crowded
    assert crowded.to_json() == {
        "keys": ["part/{name}", "part/{name}/a"], "key": "part/z", "row": 1,
    }  # fmt: skip
    engine = pack.engine()
    for row in rows:
        engine.observe(row)
    assert engine.crowded() == judged.crowded
    again = pack.engine(state=json.loads(json.dumps(engine.state())))
    assert again.crowded() == judged.crowded
    assert not again.observe({"step": 4, "part/c": 9.0, "part/z": 9.0})


def test_a_thousand_of_each_of_two_families_are_judged() -> None:
    pack = loads(RULES)
    row = {f"{name}/{n}": 9.0 for n in range(MOST_INSTANCES) for name in ("part", "other")}
    assert len(told(pack, [{"step": 1, **row}])) == 2 * MOST_INSTANCES
    assert not replay(pack, [{"step": 1, **row}]).crowded
    assert not in_columns(pack, [{"step": 1, **row}]).crowded


@pytest.mark.parametrize(("chunk", "count"), [(1, 20), (50, 1300), (400, 1300)])
def test_any_chunking_takes_the_same_instances(chunk: int, count: int) -> None:
    pack = loads(RULES)
    rows = [{"step": n, f"part/{(n * 7919) % 1300}": 9.0, "loss": 1.0} for n in range(1, 1 + count)]
    expected = [one.to_json() for one in live(pack, rows, {})]
    engine, got = pack.engine(), []
    for first in range(0, len(rows), chunk):
        engine = pack.engine(state=json.loads(json.dumps(engine.state())))
        for row in rows[first : first + chunk]:
            got += [one.to_json() for one in engine.observe(row)]
    assert got == expected
    assert len(got) == min(count, MOST_INSTANCES)


def test_an_instance_more_compiles_nothing() -> None:
    engine = load("grpo").engine()
    engine.observe({"step": 1, "loss": 0.1, "rewards/first/mean": 0.5})
    before = generated._compiled.cache_info().misses
    for step in range(2, 300):
        engine.observe({"step": step, "loss": 0.1, f"rewards/sample_{step}/mean": 0.5})
    assert generated._compiled.cache_info().misses == before


MIXED = """
metric part[name]: none = "part/{name}"
metric loss: none = "loss"
metric far[name]: none = "far/{name}"
"""

CONDITIONS = [
    "mean(part[3]) > 1",
    "part > mean(loss[3])",
    "any((part > 2 or loss > 2)[4])",
    "count(part[100 steps]) > 2 and loss > 1",
    "mean((loss - part)[2]) > 0",
    "streak(part > 1) > 1",
    "age(part) > 2",
    "observed(part) and not observed(loss)",
    "absent(part) or loss > 2",
    "corr(loss[all], part[all]) > 0.5",
    "last(part[first 2]) > 1 or far > 1",
    "any((part > 2)[all])",
    "coalesce(part, loss) > 2",
    "step > 4",
    "std(part[5]) > 0.5 or isnan(part)",
    "quantile(part[5], 0.5) > 1 and delta(part[2]) < 1",
]


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("clauses", ["", "after 3  for 2  keep 2  again every 2", "until loss > 2"])
def test_instances_that_come_and_go_are_judged_as_by_definition(
    condition: str, clauses: str
) -> None:
    pack = loads(f"{MIXED} detector d for each part {{ high when {condition}  {clauses} }}")
    names, nan = ("a", "b", "c"), float("nan")
    rows = []
    for step in range(1, 40):
        row: dict[str, Any] = {"step": step, "time": 1.5 * step}
        for place, name in enumerate(names):
            if step > 5 * place and (step * (place + 2)) % 5 < 2:
                row[f"part/{name}"] = [0.0, 3.0, 1.0, nan, 2.5][(step + place) % 5]
            if (step + place) % 7 == 0:
                row[f"far/{name}"] = float(step % 3)
        if step % 3:
            row["loss"] = [1.0, 3.0, 0.0, 2.0][step % 4]
        rows.append(row)
    expected = [one.to_json() for one in reference(pack, rows, {})]
    for judge in (live, interrupted, whole):
        assert [one.to_json() for one in judge(pack, rows, {})] == expected
