"""Explanations say what the engine says: of every detector of random packs, at several rows."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings

from ptt_rules import Engine, EventKind, Explanation, Pack, PttError, loads, why
from ptt_rules.evaluation.replay import FrameReplay
from ptt_rules.evaluation.why.choose import candidates
from ptt_rules.evaluation.why.data import Role
from ptt_rules.evaluation.why.explain import explain_at, explain_in
from ptt_rules.logs import NOTHING_KNOWN, RunContext, frame_of
from ptt_rules.report.terminal import WIDTH
from ptt_rules.report.why import why_text
from tests.engine.random_packs import DECLARED, packs
from tests.engine.random_runs import contexts, runs
from tests.judges import in_columns, passed

Rows = list[dict[str, Any]]


def explanations(pack: Pack, rows: Rows, context: RunContext) -> list[Explanation]:
    """Every detector and instance at some rows."""
    whole = FrameReplay(pack.compiled, frame_of(rows).frame, context)
    found = candidates(pack.compiled, whole, whole.detectors)
    return [explain_at(whole, one, row, "") for one in found for row in some_rows(rows)]


def some_rows(rows: Rows) -> set[int]:
    """First and last row, and three between them."""
    last = len(rows) - 1
    return {last * part // 4 for part in range(5)} if rows else set()


@settings(max_examples=60)
@given(text=packs(), rows=runs(), context=contexts)
def test_it_tells_the_events_and_statuses_of_the_live_engine(
    text: str, rows: Rows, context: RunContext
) -> None:
    pack = loads(text)
    engine = Engine(pack.compiled, context)
    told, statuses = [], []
    for number, row in enumerate(rows):
        events = [event.to_json() for event in engine.observe(row)]
        told += events if number in some_rows(rows) else []
        statuses.append({name: status.value for name, status in engine.statuses().items()})
    explained = explanations(pack, rows, context)
    for one in explained:
        assert one.row is not None
        assert one.status.value == statuses[one.row].get(one.who, "blind")
    events = [one.event.to_json() for one in explained if one.event]
    assert sorted(map(json.dumps, events)) == sorted(map(json.dumps, told))


@settings(max_examples=60)
@given(text=packs(), rows=runs(), context=contexts)
def test_whatever_is_unknown_has_a_reason(text: str, rows: Rows, context: RunContext) -> None:
    for one in explanations(loads(text), rows, context):
        roots = [level.condition for level in one.levels] + ([one.until] if one.until else [])
        for part in [part for root in roots for part in root.walk()]:
            excused = part.is_above or any(inner.value is None for inner in part.parts)
            assert (part.value is not None) or excused or part.unknown, part
            assert part.value is None or part.unknown is None, part
        lines = why_text(one).splitlines()
        assert max(map(len, lines)) <= WIDTH
        json.dumps(one.to_json(), allow_nan=False)


@settings(max_examples=30)
@given(text=packs(), rows=runs(), context=contexts)
def test_each_part_is_what_its_text_is(text: str, rows: Rows, context: RunContext) -> None:
    """Each part, as it is written, gives its value as a `let` of a detector of its own."""
    pack = loads(text)
    for one in explanations(pack, rows, context):
        parts = [part for level in one.levels for part in level.condition.walk()]
        parts = [part for part in parts if "firing(" not in part.text]  # of detectors of the pack
        # an argument that stands alone is a number in a `let`, and a truth in a condition
        parts = [part for part in parts if part.role is not Role.CONFIG]
        if one.instance or not parts:
            continue
        lets = re.findall(r"let v = .*(?= message)", text.split(f"detector {one.detector[7:]} ")[1])
        probes = "".join(f"let probe{i} = {part.text}\n" for i, part in enumerate(parts))
        probe = f"detector probe {{ {lets[0]}\n{probes} low when 1 > 0 again every 1 }}"
        events = [
            event.to_json()
            for event in in_columns(loads(DECLARED + probe), rows, context).events
            if event.row == one.row
        ]
        for i, part in enumerate(parts):
            assert events[0]["values"][f"probe{i}"] == part.to_json()["value"], part


@settings(max_examples=60)
@given(text=packs(), rows=runs(), context=contexts)
def test_without_a_step_it_is_the_first_event(text: str, rows: Rows, context: RunContext) -> None:
    pack = loads(text)
    fired: dict[str, int] = {}
    for event in in_columns(pack, rows, context).events:
        if event.event is EventKind.FIRED:
            fired.setdefault(event.detector, event.row)
    for name in ("inline.d0", "inline.d1", "inline.d2"):
        explained = why(pack, rows, name, **passed(context))
        if name in fired:
            assert explained.event is not None
            assert (explained.row, explained.event.event) == (fired[name], EventKind.FIRED)
        else:
            assert explained.event is None


@settings(max_examples=40)
@given(text=packs(), rows=runs(), context=contexts)
def test_it_is_the_same_where_only_the_columns_of_the_detector_are_there(
    text: str, rows: Rows, context: RunContext
) -> None:
    pack = loads(text)
    whole = FrameReplay(pack.compiled, frame_of(rows).frame, context)
    for name in ("inline.d0", "inline.d1", "inline.d2"):
        one = why(pack, rows, name, **passed(context))
        assert one.to_json() == explain_in(pack.compiled, whole, name).to_json()


def test_what_the_detector_does_not_read_is_not_computed() -> None:
    pack = loads(
        'metric a: none = "a" metric b: none = "b"\n'
        "detector x { high when mean(a[3]) > 1 }\n"
        "detector y { high when mean(b[3]) > 1 }\n"
        "detector z { high when mean(b[4]) > 1 suppresses y }"
    )
    frame = frame_of([{"step": 1, "a": 1.0, "b": 2.0}]).frame
    asked = {
        name: FrameReplay(pack.compiled, frame, NOTHING_KNOWN, [f"inline.{name}"])
        for name in ("x", "y")
    }
    assert [one.detector.name for one in asked["x"].detectors] == ["x"]
    assert [one.detector.name for one in asked["y"].detectors] == ["y", "z"]
    assert asked["x"].columns.table.width < asked["y"].columns.table.width


# ---- what is asked for ---------------------------------------------------------------------

RULES = """
metric kl: nats = "kl"
metric reward_of[func]: none = "rewards/{func}/mean"
detector kl_high { high when kl > 1 }
detector flat for each reward_of { low when reward_of == 0 }
"""
ROWS: Rows = [{"step": 1, "kl": 2.0, "rewards/format/mean": 1.0}]


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("kl_hgih", "there is no detector `kl_hgih`", "did you mean `kl_high`?"),
        ("other", "there is no detector", "there are `inline.flat`, `inline.kl_high`"),
        ("kl_high[x]", "`inline.kl_high` has no instances", "write `inline.kl_high`"),
        ("flat[fromat]", "the log has no instance `fromat`", "did you mean `format`?"),
        ("flat[x]", "the log has no instance `x` of `inline.flat`", "there are `format`"),
    ],
)
def test_what_is_not_there_is_an_error(name: str, message: str, hint: str) -> None:
    with pytest.raises(PttError) as caught:
        why(loads(RULES), ROWS, name)
    (told,) = caught.value.diagnostics
    assert (told.code, told.hint) == ("PTT101", hint)
    assert message in told.message


def test_the_training_arguments_of_the_caller_count() -> None:
    pack = loads("detector sure { low when config.beta == 0 }")
    explained = why(pack, [{"step": 1}], "sure", config={"beta": 0})
    (part,) = explained.levels[0].condition.parts
    assert (part.text, part.value, part.role.value) == ("config.beta", 0.0, "training argument")


def test_the_row_of_a_step_at_which_it_was_judged_goes_before_others() -> None:
    rows = [{"step": 1, "kl": 0.0}, {"step": 2, "kl": 0.0}, {"step": 2, "eval_loss": 1.0}]
    assert why(loads(RULES), rows, "kl_high", step=2).row == 1
    assert why(loads(RULES), rows, "inline.flat", step=2).row == 2
