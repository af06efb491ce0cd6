"""What of a pack could judge: the same live, resumed and replayed, and true."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from ptt_rules import Engine, EventKind, Pack, Unjudged, loads, replay
from ptt_rules.logs import RunContext
from tests.engine.random_packs import packs
from tests.engine.random_runs import contexts, cuts, runs
from tests.engine.soak import random_cases
from tests.engine.test_chunks import replayed
from tests.judges import Known, context_of, in_columns

Rows = list[dict[str, Any]]
METRICS = """
metric loss: loss = "loss"
metric eval_loss: loss = "eval_loss"
metric f[x]: none = "f/{x}"
metric g[x]: none = "g/{x}"
derive gap: loss = eval_loss - loss
"""


def _engine(pack: Pack, rows: Rows, known: Known) -> Engine:
    engine = Engine(pack.compiled, context_of(known))
    for row in rows:
        engine.observe(row)
    return engine


def _short(one: Unjudged) -> tuple[Any, ...]:
    return one.reason.value, one.in_part, one.metrics, one.needs, one.had, one.text


LOGGED = [{"step": step, "loss": 1.0} for step in range(1, 13)]
NEVER_TOGETHER = [*LOGGED, {"step": 12, "eval_loss": 2.0}]
TIMED = [{**row, "time": float(row["step"])} for row in LOGGED]
CASES: list[tuple[str, Rows, tuple[Any, ...] | None]] = [
    ("high when loss > 1", LOGGED, None),
    ("high when eval_loss > 1", LOGGED, ("blind", False, ("eval_loss",), None, None, "")),
    ("high when loss > 9 and eval_loss > 1", LOGGED,
     ("blind", False, ("eval_loss",), None, None, "")),
    ("high when loss > 9 or eval_loss > 1", LOGGED,
     ("blind", True, ("eval_loss",), None, None, "")),
    ("high when not (loss < 9 or eval_loss > 1)", LOGGED,
     ("blind", False, ("eval_loss",), None, None, "")),
    ("critical when isnan(loss) high when mean(loss[100]) > 9", LOGGED,
     ("warming", True, ("loss",), 100, 12, "")),
    ("high when mean(loss[12]) > 9", LOGGED, None),
    ("high when mean(loss[13]) > 9", LOGGED, ("warming", False, ("loss",), 13, 12, "")),
    ("high when mean(loss[5 before 8]) > 9", LOGGED, ("warming", False, ("loss",), 13, 12, "")),
    ("high when mean(loss[first 8 after 5]) > 9", LOGGED,
     ("warming", False, ("loss",), 13, 12, "")),
    ("high when autocorr(loss[12]) > 9", LOGGED, None),
    ("high when autocorr(loss[13]) > 9", LOGGED, ("warming", False, ("loss",), 13, 12, "")),
    ("high when any((loss > 9)[100])", LOGGED, None),
    ("high when all((loss > 9)[100])", LOGGED, ("warming", False, ("loss",), 100, 12, "")),
    ("high when not any((loss > 0)[100])", LOGGED, ("warming", False, ("loss",), 100, 12, "")),
    ("high when any((loss > 9)[all])", LOGGED, None),
    ("high when count((loss > 9)[50]) >= 12", LOGGED, None),
    ("high when count((loss > 9)[50]) > 12", LOGGED, ("warming", False, ("loss",), 13, 12, "")),
    ("high when streak(loss > 9) >= 20", LOGGED, ("warming", False, ("loss",), 20, 12, "")),
    ("high when count((eval_loss > 9)[50]) >= 1", LOGGED,
     ("blind", False, ("eval_loss",), None, None, "")),
    ("high when loss > 9 for 12", LOGGED, None),
    ("high when loss > 9 for 13", LOGGED, ("warming", False, ("loss",), 13, 12, "")),
    ("high when mean(loss[10]) > 9 for 4", LOGGED, ("warming", False, ("loss",), 13, 12, "")),
    ("high when loss > 9 after 12", LOGGED, None),
    ("high when loss > 9 after 13", LOGGED, ("warming", False, ("loss",), 13, 12, "")),
    ("high when loss > 9 after 20 steps", LOGGED, ("warming", False, ("loss",), 20, 12, "")),
    ("high when loss > 9 after 20 s", TIMED, ("warming", False, ("loss",), 20, 12, "")),
    ("high when loss > 9 or eval_loss > 1 after 5", LOGGED,
     ("blind", True, ("eval_loss",), None, None, "")),
    ("judged on eval_loss high when loss > 9", LOGGED,
     ("blind", False, ("eval_loss",), None, None, "")),
    ("judged on gap high when loss > 9", NEVER_TOGETHER,
     ("unknown", False, ("eval_loss", "loss"), None, None, "they are never in one row")),
    ("judged on every row high when loss > 9 after 13", LOGGED,
     ("warming", False, ("loss",), 13, 12, "")),
    ("high when coalesce(eval_loss, 5) > 9", LOGGED,
     ("blind", False, ("eval_loss",), None, None, "")),
    ("high when loss > 9 { for 13 } low when loss > 5", LOGGED,
     ("warming", True, ("loss",), 13, 12, "")),
    ("high when loss > 9 { for 14 } for 13 low when loss > 5", LOGGED,
     ("warming", False, ("loss",), 13, 12, "")),
    ("high when gap > 1", NEVER_TOGETHER,
     ("unknown", False, ("eval_loss", "loss"), None, None, "they are never in one row")),
    ("high when mean(gap[3]) > 1", NEVER_TOGETHER,
     ("unknown", False, ("eval_loss", "loss"), None, None, "they are never in one row")),
    ("high when corr(loss[3], eval_loss[3]) > 1", NEVER_TOGETHER,
     ("unknown", False, ("loss", "eval_loss"), None, None, "they are never in one row")),
    ("high when eval_loss - loss > 1", NEVER_TOGETHER, None),
    ("high when loss > config.limit", LOGGED,
     ("unknown", False, (), None, None, "`config.limit` is not set")),
    ("high when loss > config.optim", LOGGED,
     ("unknown", False, (), None, None, "`config.optim` is not a number")),
    ("high when loss > config.beta", LOGGED, None),
    ("high when loss > coalesce(config.limit, 5)", LOGGED, None),
    ("high when loss > 5 and progress > 0.5", LOGGED,
     ("unknown", False, (), None, None, "`config.max_steps` is not set")),
    ("high when loss > 5 and time > 60", LOGGED,
     ("unknown", False, (), None, None, "the log has no time")),
    ("high when loss > 5 and epoch > 2", LOGGED,
     ("unknown", False, (), None, None, "the log has no epoch")),
    ("high when loss > 5 and epoch > 2", [{**row, "epoch": 0.1} for row in LOGGED], None),
    ("high when coalesce(eval_loss, loss) > 5", LOGGED, None),
    ("high when absent(eval_loss) and loss > 5", LOGGED, None),
    ("high when observed(eval_loss)", LOGGED, ("blind", False, ("eval_loss",), None, None, "")),
    ("high when absent(eval_loss) or age(eval_loss) > 100", LOGGED, None),
    ("high when age(eval_loss) > 100", LOGGED, ("blind", False, ("eval_loss",), None, None, "")),
]  # fmt: skip


@pytest.mark.parametrize(("clauses", "rows", "expected"), CASES)
def test_what_a_detector_lacks_is_told_by_operand(
    clauses: str, rows: Rows, expected: tuple[Any, ...] | None
) -> None:
    pack = loads(METRICS + f"detector d {{ {clauses} }}")
    engine = _engine(pack, rows, {"beta": 0.1, "optim": "adamw"})
    assert [_short(one) for one in engine.unjudged()] == ([expected] if expected else [])
    reach = engine.reach()
    assert (reach.detectors, reach.judged) == (1, 0 if expected and not expected[1] else 1)


def test_what_asks_for_a_detector_that_was_never_judged_could_not_judge() -> None:
    rules = "detector d { high when eval_loss > 1 } detector e { low when firing(d) }"
    engine = _engine(loads(METRICS + rules), LOGGED, {})
    assert [(one.detector, *_short(one)) for one in engine.unjudged()] == [
        ("inline.d", "blind", False, ("eval_loss",), None, None, ""),
        ("inline.e", "unknown", False, (), None, None, "`inline.d` was never judged"),
    ]


FAMILY = METRICS + "detector d for each f { high when f > 1 and mean(g[2]) > 1 }"


@pytest.mark.parametrize(
    ("logged", "expected"),
    [
        ({"loss": 1.0}, ("blind", False, ("f", "g"), None, None, "")),
        ({"f/a": 1.0}, ("blind", False, ("g",), None, None, "")),
        ({"f/a": 1.0, "g/a": 1.0, "f/b": 1.0}, ("blind", True, ("g",), None, None, "")),
        ({"f/a": 1.0, "g/a": 1.0}, None),
    ],
)
def test_a_family_counts_as_one_detector(
    logged: dict[str, float], expected: tuple[Any, ...] | None
) -> None:
    rows = [{"step": step, **logged} for step in range(1, 4)]
    reach = _engine(loads(FAMILY), rows, {}).reach()
    assert [_short(one) for one in reach.unjudged] == ([expected] if expected else [])
    assert reach.detectors == 1


@random_cases(150)
@given(text=packs(), rows=runs(), context=contexts, sizes=cuts())
def test_it_is_the_same_live_resumed_and_replayed_and_what_fired_could_judge(
    text: str, rows: Rows, context: RunContext, sizes: list[int]
) -> None:
    pack = loads(text, policy="p")
    half = len(rows) // 2
    engine = _engine(pack, rows[:half], context)
    engine = Engine(pack.compiled, context, json.loads(json.dumps(engine.state())))
    events = [event for row in rows[half:] for event in engine.observe(row)]
    replaying = replayed(pack, rows, context, sizes)
    found = engine.reach()
    assert found == in_columns(pack, rows, context).reach
    assert found == replaying.reach()
    events += replaying.events
    fired = {e.detector for e in events if e.event is EventKind.FIRED}
    assert fired.isdisjoint(one.detector for one in found.idle)


def test_replay_and_engine_hand_it_on() -> None:
    pack = loads(METRICS + "detector d { high when eval_loss > 1 }")
    judged = replay(pack, LOGGED)
    assert judged.unjudged == _engine(pack, LOGGED, {}).unjudged()
    assert judged.unjudged == in_columns(pack, LOGGED).unjudged
    assert (
        Unjudged.from_json(json.loads(json.dumps(judged.unjudged[0].to_json())))
        == (judged.unjudged[0])
    )
