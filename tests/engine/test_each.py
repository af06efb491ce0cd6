"""`[each]`: instances that are many, that sleep, and that fail."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ptt_rules import Event, EventKind, loads
from ptt_rules.evaluation import MOST_INSTANCES
from ptt_rules.evaluation.row import each
from ptt_rules.evaluation.row.live import LiveProgram
from tests.judges import in_columns, live

FAMILY = 'metric f[x]: none = "f/{x}"\nmetric a: none = "a"\n'
GREATEST = f"{FAMILY}detector d {{ high when max(f[each]) > 5 and count(f[each]) > 1 }}"

Rows = list[dict[str, Any]]


def test_instances_beyond_the_most_are_reported_once_and_not_judged() -> None:
    many = {f"f/{n:05}": 1.0 for n in range(MOST_INSTANCES)}
    rows: Rows = [{"step": 0, **many}, {"step": 1, "f/late": 9.0}, {"step": 2, "f/later": 9.0}]
    both = loads(f"{GREATEST}\ndetector k for each f {{ high when f > 5 }}")
    for pack in (loads(GREATEST), both):
        engine = pack.engine()
        assert [engine.observe(row) for row in rows] == [[], [], []]
        (crowded,) = engine.crowded()
        assert (crowded.keys, crowded.key, crowded.row) == (("f/{x}",), "f/late", 1)
        assert in_columns(pack, rows).crowded == [crowded]


def test_rows_without_a_key_of_it_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    advanced = []
    advance = LiveProgram.advance

    def counted(program: LiveProgram, *of: Any) -> None:
        advanced.append(1)
        advance(program, *of)

    monkeypatch.setattr(LiveProgram, "advance", counted)
    engine = loads(f"{FAMILY}detector d {{ high when max(mean(f[2])[each]) > a }}").engine()
    for step in range(100):
        engine.observe({"step": step, "a": 1.0, **({"f/x": 1.0} if step % 50 == 0 else {})})
    assert len(advanced) == 100 + 2


def test_what_moves_with_the_rows_is_computed_at_each() -> None:
    pack = loads(
        f"{FAMILY}detector d {{ high when max(age(f)[each]) >= 3 }}\n"
        "detector k { judged on every row  low when sum((f * a)[each]) > 5 }"
    )
    rows: Rows = [{"step": 0, "f/x": 1.0, "f/y": 1.0}, {"step": 3, "f/x": 1.0, "a": 2.0}]
    rows += [{"step": 4, "a": 3.0}]
    told = [(one.detector, one.row) for one in live(pack, rows, {}) if isinstance(one, Event)]
    assert told == [("inline.d", 1), ("inline.k", 2)]
    assert in_columns(pack, rows).events == live(pack, rows, {})


def test_what_fails_in_an_instance_breaks_what_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise ArithmeticError("no such luck")

    text = f"{GREATEST}\ndetector good {{ high when a > 1 }}"
    rows: Rows = [{"step": step, "f/x": 1.0, "a": step} for step in range(4)]
    monkeypatch.setattr(each, "gathering", lambda *_: fail)
    monkeypatch.setattr("ptt_rules.evaluation.row.live.gathering", lambda *_: fail)
    for events in (live(loads(text), rows, {}), in_columns(loads(text), rows).events):
        told = [(one.detector, one.row) for one in events if isinstance(one, Event)]
        assert told == [("inline.d", 0), ("inline.good", 2)]
        assert getattr(events[0], "event", None) is EventKind.BROKEN


def test_its_state_does_not_grow_with_the_run() -> None:
    engine = loads(f"{FAMILY}detector d {{ high when max(mean(f[5])[each]) > 9 }}").engine()
    sizes = {}
    for step in range(1, 5_001):
        engine.observe({"step": step, "f/x": step % 7, "f/y": step % 5})
        if step in (500, 5_000):
            sizes[step] = len(json.dumps(engine.state()))
    assert sizes[5_000] < 1.2 * sizes[500]
