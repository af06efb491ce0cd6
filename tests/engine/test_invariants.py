"""Section 9 of the language reference on random packs and frames."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from ptt_rules import Action, Engine, Event, Pack, loads
from ptt_rules.evaluation.polars import FrameProgram
from ptt_rules.evaluation.row.live import LiveProgram
from ptt_rules.logs import NOTHING_KNOWN, RunContext, frame_of
from ptt_rules.logs.rows import read_row
from tests.engine.random_packs import DECLARED, detectors, packs
from tests.engine.random_runs import contexts, runs
from tests.engine.soak import random_cases
from tests.engine.test_chunks import first_stage
from tests.judges import in_columns

# ---- judging -------------------------------------------------------------------------------


def live(
    pack: Pack,
    rows: list[dict[str, Any]],
    context: RunContext = NOTHING_KNOWN,
    saves: frozenset[int] = frozenset(),
) -> list[str]:
    """What is told and done row by row; at `saves` the engine goes on from its saved state."""
    engine = Engine(pack.compiled, context)
    told: list[Event | Action] = []
    for number, row in enumerate(rows):
        told += engine.observe(row)
        told += engine.actions
        if number in saves:
            state = json.loads(json.dumps(engine.state(), allow_nan=False))
            engine = Engine(pack.compiled, context, state)
    return [json.dumps(line.to_json()) for line in told]


def at_once(
    pack: Pack, rows: list[dict[str, Any]], context: RunContext = NOTHING_KNOWN
) -> list[str]:
    judged = in_columns(pack, rows, context)
    lines: list[Event | Action] = [*judged.events, *judged.actions]
    return [json.dumps(line.to_json()) for line in sorted(lines, key=lambda line: line.row)]


@random_cases(150)
@given(text=packs(), rows=runs(), context=contexts)
def test_live_equals_offline(text: str, rows: list[dict[str, Any]], context: RunContext) -> None:
    pack = loads(text, policy="p")
    assert live(pack, rows, context) == at_once(pack, rows, context)


@random_cases(150)
@given(text=packs(), rows=runs(), saves=st.frozensets(st.integers(0, 300), max_size=5))
def test_resume_equals_no_interruption(
    text: str, rows: list[dict[str, Any]], saves: frozenset[int]
) -> None:
    pack = loads(text, policy="p")
    assert live(pack, rows, saves=saves) == live(pack, rows)


@random_cases(150)
@given(text=packs(), rows=runs(), context=contexts)
def test_every_operation_is_the_same_to_the_last_bit(
    text: str, rows: list[dict[str, Any]], context: RunContext
) -> None:
    pack = loads(text, policy="p")
    program = pack.compiled.program
    whole = FrameProgram(program, context).advance(frame_of(rows).frame)
    columns = {one.number: whole[one.number].to_list() for one in first_stage(program)}
    lived = LiveProgram(program, context)
    for number, row in enumerate(rows):
        lived.advance(read_row(row))
        for operation in first_stage(program):
            one, other = lived.values[operation.number], columns[operation.number][number]
            same = repr(one) == repr(other)
            assert same, (operation, number, one, other)
            assert type(one) is type(other)


@random_cases(100)
@given(first=detectors(0), second=detectors(1), rows=runs())
def test_the_order_of_detectors_changes_no_event(
    first: str, second: str, rows: list[dict[str, Any]]
) -> None:
    one, other = loads(DECLARED + first + second), loads(DECLARED + second + first)
    assert live(one, rows) == live(other, rows)


@random_cases(100)
@given(text=packs(), rows=runs(), cut=st.integers(0, 300))
def test_what_is_told_does_not_depend_on_later_rows(
    text: str, rows: list[dict[str, Any]], cut: int
) -> None:
    pack = loads(text, policy="p")
    before = at_once(pack, rows[:cut])
    assert at_once(pack, rows)[: len(before)] == before


def test_memory_does_not_grow_with_the_run() -> None:
    pack = loads(
        DECLARED
        + "detector x { high when mean(a[50]) > 1e9 or std(a[all]) > 1e9 or max(a[first 9]) > 9e9 "
        "or sum(b[100 steps]) > 1e9 or share((c > 0)[30]) > 2 }"
    )
    engine = pack.engine()
    sizes = {}
    for step in range(1, 20_001):
        engine.observe({"step": step, "a": step % 7, "b": step % 5, "c": step % 3})
        if step in (1_000, 20_000):
            sizes[step] = len(json.dumps(engine.state()))
    assert sizes[20_000] < 1.3 * sizes[1_000]


def test_a_mean_of_everything_does_not_drift() -> None:
    pack = loads(
        DECLARED + "detector x { let m = mean(a[all]) let s = std(a[all]) high when m < 0 }"
    )
    program = pack.compiled.program
    value = 0.1
    frame = pl.DataFrame({"step": range(200_000), "a": [value] * 200_000})
    frame = frame.with_columns(
        time=pl.lit(None, dtype=pl.Float64), epoch=pl.lit(None, dtype=pl.Float64)
    )
    columns = FrameProgram(program).advance(frame)
    means, spread = (columns[number] for _, number in pack.compiled.detectors[0].values)
    assert abs(means[-1] - value) < 1e-15
    assert spread[-1] == 0.0
