"""Rows after a `stop` are neither judged nor seen until the log shows a resume."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from ptt_rules import Engine, loads, replay, why
from ptt_rules.evaluation.polars import FrameProgram
from ptt_rules.logs import NOTHING_KNOWN
from tests.engine.test_chunks import in_chunks, replayed
from tests.engine.test_ways import ways
from tests.judges import JUDGES, in_columns, live

PACK = loads(
    'metric a: none = "a" metric f[x]: none = "f/{x}"\n'
    "detector x { high when a > 1 }\n"
    "detector each for each f { low when f > 1 }\n"
    "detector in_all { low when sum(a[all]) > 9 }\n"
    "policy p { on x { stop } }",
    policy="p",
)
ROWS: list[dict[str, Any]] = [
    {"step": 1, "a": 1.0},
    {"step": 2, "a": 2.0},
    {"step": 2, "a": 50.0, "f/k": 9.0},
    {"step": 3, "a": "none", "f/k": 9.0},
    {"step": 4, "a": 0.0, "resumed": True},
    {"step": 5, "a": 7.0},
    {"step": 6, "a": 0.0, "resumed": True},
    {"step": 7, "a": 7.0},
    {"step": 8, "a": 0.0},
]
TOLD = [("fired", 1), ("stop", 1), ("resolved", 4), ("fired", 5), ("fired", 5), ("stop", 5),
        ("resolved", 6), ("fired", 7), ("stop", 7)]  # fmt: skip


def told(found: list[Any]) -> list[tuple[str, int]]:
    lines = [one.to_json() for one in found]
    return [(line.get("action", line["event"]), line["row"]) for line in lines]


@pytest.mark.parametrize("judge", JUDGES)
def test_all_judges_leave_out_what_comes_after_a_stop(judge: Any) -> None:
    assert told(judge(PACK, ROWS, {})) == TOLD


@pytest.mark.parametrize("size", [1, 2, 3, 4, 9])
@pytest.mark.parametrize("rows", [ROWS, ROWS[:2] + ROWS[4:7], ROWS[:4], ROWS[1:]])
def test_columns_tell_the_same_in_any_chunking(rows: list[dict[str, Any]], size: int) -> None:
    expected = [json.dumps(one.to_json()) for one in live(PACK, rows, {})]
    assert in_chunks(PACK, rows, NOTHING_KNOWN, [size] * 9) == expected


def test_a_log_that_goes_on_after_a_stop_is_cut_and_after_many_judged_row_by_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ptt_rules.replaying.LEAST_ROWS", 1)
    assert ways(PACK, ROWS, monkeypatch) == ["columns"]
    monkeypatch.setattr("ptt_rules.evaluation.replay.MOST_STOPS", 0)
    assert ways(PACK, ROWS, monkeypatch) == ["columns", "rows"]


def test_a_replay_leaves_out_what_a_run_does_not_judge() -> None:
    for judged in (replay(PACK, ROWS), in_columns(PACK, ROWS)):
        assert (judged.rows, judged.after_stop, judged.last_step) == (9, 3, 8)
        assert [one.detector for one in judged.reach.unjudged] == ["inline.each"]


def test_no_row_after_a_stop_is_computed_but_those_of_the_chunk_in_which_it_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [{"step": step, "a": float(step == 5)} for step in range(90)]
    computed: list[int] = []
    advance = FrameProgram.advance

    def counting(self: FrameProgram, frame: pl.DataFrame) -> Any:
        computed.append(frame.height)
        return advance(self, frame)

    monkeypatch.setattr(FrameProgram, "advance", counting)
    text = 'metric a: none = "a" detector x { high when a > 0 } policy p { on x { stop } }'
    judged = replayed(loads(text, policy="p"), rows, NOTHING_KNOWN, [10] * 9)
    assert (judged.rows, judged.gaps, computed) == (90, [(6, 90)], [10])


@pytest.mark.parametrize("least", [1, 1000])
def test_why_sees_no_row_after_a_stop(least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ptt_rules.replaying.LEAST_ROWS", least)
    found = why(PACK, ROWS, "in_all", step=5)
    assert found.event is not None
    assert (found.row, found.event.row, found.event.step) == (5, 5, 5)
    after = why(PACK, ROWS, "x", step=3)
    assert (after.row, after.step, after.chosen) == (
        1, 2, "the policy stopped here, and step 3 comes after it: nothing is judged",
    )  # fmt: skip
    assert why(PACK, ROWS[:4], "each").chosen == "it was never judged; this is the last row"


def test_an_engine_tells_whether_it_judged_a_row_and_goes_on_from_its_state() -> None:
    engine, judged = Engine(PACK.compiled), []
    for row in ROWS:
        engine.observe(row)
        judged.append(engine.has_judged)
        assert engine.has_judged == bool(list(engine.judged()))
        engine = Engine(PACK.compiled, state=json.loads(json.dumps(engine.state())))
    assert judged == [True, True, False, False, True, True, True, True, False]
    assert (engine.rows, engine.after_stop, engine.unreadable) == (9, 3, {})
