"""A log in chunks: wherever it is cut, it is judged as in one piece."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given

from ptt_rules import Action, Event, EventKind, Pack, loads, replay
from ptt_rules.evaluation import replay as replay_in_columns
from ptt_rules.evaluation.compiled import CompiledDetector
from ptt_rules.evaluation.lifecycle import Life
from ptt_rules.evaluation.polars import FrameProgram, expressions
from ptt_rules.evaluation.replay import LogReplay, judged_in_columns
from ptt_rules.evaluation.row.live import LiveProgram
from ptt_rules.language.passes import Operation, Program
from ptt_rules.logs import RunContext, frame_of
from ptt_rules.logs.rows import read_row
from tests.engine.random_packs import packs, reckoned
from tests.engine.random_runs import Rows, contexts, cuts, runs, tiny_runs
from tests.engine.soak import random_cases
from tests.judges import in_columns, live


def pieces(frame: pl.DataFrame, sizes: list[int]) -> Iterator[pl.DataFrame]:
    """A frame in chunks of such sizes, and what is left."""
    done = 0
    for size in [*sizes, frame.height]:
        if done < frame.height:
            yield frame.slice(done, size)
        done += size


def replayed(pack: Pack, rows: Rows, context: RunContext, sizes: list[int]) -> LogReplay:
    """Rows judged as columns, in chunks of such sizes, however many stops they have."""
    frame = frame_of(rows).frame
    with patch.object(replay_in_columns, "MOST_STOPS", len(rows)):
        judged = judged_in_columns(pack.compiled, context, lambda _: pieces(frame, sizes))
    assert judged is not None
    return judged


def in_chunks(pack: Pack, rows: Rows, context: RunContext, sizes: list[int]) -> list[str]:
    replaying = replayed(pack, rows, context, sizes)
    told: list[Event | Action] = [*replaying.events, *replaying.actions]
    return [json.dumps(line.to_json()) for line in sorted(told, key=lambda line: line.row)]


@random_cases(150)
@given(text=packs(), rows=runs(), context=contexts, sizes=cuts())
def test_any_chunking_tells_what_live_tells(
    text: str, rows: Rows, context: RunContext, sizes: list[int]
) -> None:
    pack = loads(text, policy="p")
    told = [json.dumps(line.to_json()) for line in live(pack, rows, context)]
    assert in_chunks(pack, rows, context, sizes) == told


def first_stage(program: Program) -> list[Operation]:
    """The operations that need no answer of other detectors."""
    return [operation for operation in program.operations if not operation.stage]


def assert_same_operations(text: str, rows: Rows, context: RunContext, sizes: list[int]) -> None:
    """Every operation of a pack is the same row by row as in columns, to the last bit."""
    program = loads(text, policy="p").compiled.program
    columns, lived = FrameProgram(program, context), LiveProgram(program, context)
    numbers = iter(range(len(rows)))
    for piece in pieces(frame_of(rows).frame, sizes):
        chunk = columns.advance(piece)
        found = {one.number: chunk[one.number].to_list() for one in first_stage(program)}
        for place, number in zip(range(piece.height), numbers, strict=False):
            lived.advance(read_row(rows[number]))
            for operation in first_stage(program):
                one, other = lived.values[operation.number], found[operation.number][place]
                assert repr(one) == repr(other), (operation, number, one, other)
                assert type(one) is type(other)
    assert not columns.failures


@random_cases(120)
@given(text=packs(), rows=runs(), context=contexts, sizes=cuts())
def test_every_operation_is_the_same_to_the_last_bit_in_any_chunking(
    text: str, rows: Rows, context: RunContext, sizes: list[int]
) -> None:
    assert_same_operations(text, rows, context, sizes)


@random_cases(200)
@given(text=reckoned(), rows=tiny_runs(), context=contexts, sizes=cuts())
def test_every_formula_is_the_same_to_the_last_bit_in_any_chunking(
    text: str, rows: Rows, context: RunContext, sizes: list[int]
) -> None:
    assert_same_operations(text, rows, context, sizes)


def test_what_could_not_judge_is_the_same_in_any_chunking() -> None:
    pack = loads(
        'metric a: none = "a"\nmetric b: none = "b"\nmetric f[x]: none = "f/{x}"\n'
        "detector both { high when a > 9 and b > 9 }\n"
        "detector each for each f { high when f > 9 and b > 9 }"
    )
    rows = [{"step": step, "a": 1.0, **({"f/p": 2.0} if step > 30 else {})} for step in range(40)]
    replaying = LogReplay(pack.compiled)
    for piece in pieces(frame_of(rows).frame, [7, 11]):
        replaying.advance(piece)
    assert replaying.reach() == in_columns(pack, rows).reach
    assert [one.detector for one in replaying.reach().idle] == ["inline.both", "inline.each"]


# ---- what is skipped, and what fails -------------------------------------------------------

LONG = "".join(f'{{"step": {step}, "a": {1.0 if step > 100 else 0.0}}}\n' for step in range(5000))


def judgements(text: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many judgements of a long log are taken one by one."""
    taken = []
    judge = Life.judge

    def counted(life: Life, *of: Any) -> Any:
        taken.append(1)
        return judge(life, *of)

    monkeypatch.setattr(Life, "judge", counted)
    replay(loads(text), [json.loads(line) for line in LONG.splitlines()])
    return len(taken)


def test_where_nothing_can_change_no_judgement_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'metric a: none = "a"\ndetector x { high when a > 0 for 3 }'
    assert judgements(text, monkeypatch) == 3


def test_a_detector_that_is_told_again_is_judged_all_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = 'metric a: none = "a"\ndetector x { high when a > 0 again every 1000 }'
    assert judgements(text, monkeypatch) == 5000 - 101


def broken(events: list[Event]) -> list[tuple[str, int]]:
    return [(one.detector, one.row) for one in events if one.event is EventKind.BROKEN]


TWO = (
    'metric a: none = "a"\nmetric b: none = "b"\n'
    "detector bad { high when abs(a) > 1 }\ndetector good { high when b > 1 }"
)


def test_what_fails_in_columns_alone_is_judged_row_by_row_and_loses_no_finding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(column: pl.Series) -> pl.Series:
        raise ArithmeticError("no such luck")

    failing = {**expressions.FUNCTIONS}
    failing[next(f for f in failing if f.value == "abs")] = lambda value: value.map_batches(
        fail, return_dtype=pl.Float64
    )
    monkeypatch.setattr(expressions, "FUNCTIONS", failing)
    rows = [{"step": step, "a": 1.0 + step, "b": step} for step in range(6)]
    pack = loads(TWO, name="p")
    columns = FrameProgram(pack.compiled.program)
    columns.advance(frame_of(rows).frame)
    assert set(columns.failures.values()) == {"ArithmeticError: no such luck"}
    judged = in_columns(pack, rows)
    assert judged.events == live(pack, rows, {})
    assert [(one.detector, one.row) for one in judged.events] == [("p.bad", 1), ("p.good", 2)]
    assert (judged.rows, judged.last_step, judged.unjudged) == (6, 5, [])


def test_a_message_that_fails_breaks_its_detector_at_its_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = CompiledDetector.message

    def fail(compiled: CompiledDetector, *of: Any) -> str:
        if compiled.detector.name == "good":
            raise ValueError("no words")
        return message(compiled, *of)

    monkeypatch.setattr(CompiledDetector, "message", fail)
    rows = [{"step": step, "a": step, "b": step} for step in range(6)]
    pack = loads(TWO, name="p")
    judged = in_columns(pack, rows)
    assert broken(judged.events) == [("p.good", 2)]
    assert [one.to_json() for one in live(pack, rows, {})] == [
        one.to_json() for one in judged.events
    ]
