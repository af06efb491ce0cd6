"""Columns that are computed row by row: the same as columns of their own, in any chunking."""

from __future__ import annotations

import json
from functools import partial
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptt_rules import loads
from ptt_rules.evaluation.polars import FrameProgram, by_row
from ptt_rules.evaluation.polars.by_row import RowColumn
from ptt_rules.language.ir import nodes
from ptt_rules.logs import NOTHING_KNOWN, RunContext, frame_of
from tests.engine.random_packs import packs
from tests.engine.random_runs import Rows, contexts, cuts, runs
from tests.engine.soak import random_cases
from tests.engine.test_chunks import first_stage, in_chunks, pieces
from tests.judges import live

LEAVES: tuple[type[nodes.Node], ...] = (
    nodes.Constant,
    nodes.Given,
    nodes.Column,
    nodes.FamilyColumn,
    nodes.Position,
    nodes.OfSiblings,
    nodes.OfDetector,
    nodes.AnyOf,
)


def some_by_row(seed: int, share: float) -> by_row.ByRow:
    """A part of all operations, the same ones for the same seed."""
    source = Random(seed)
    kinds = {kind: source.random() < share for kind in every_kind(nodes.Node)}
    words: dict[str, bool] = {}

    def choose(node: nodes.Node) -> bool:
        if isinstance(node, nodes.Latest | nodes.Prev):
            return False  # `prev` asks for what the newest observation was a row before
        if by_row.is_by_row(node):
            return True  # has no other form
        if isinstance(node, nodes.Aggregate):
            return words.setdefault(str(node.attributes), source.random() < share)
        return not isinstance(node, LEAVES) and kinds[type(node)]

    return choose


def test_a_formula_of_a_family_reads_parameters_in_columns_too() -> None:
    pack = loads(
        'metric f[of]: none = "f/{of}" param far = 2 in 1..3 param q = 75% in 0..1\n'
        "derive over[of] = f - far * siblings(f, q)\n"
        "detector d { high when max(over[each]) > 1 }"
    )
    rows = [{"step": step, "f/x": float(step)} for step in range(9)]
    context = RunContext.of({}, None, [[{"step": 0, "f/x": 1.0}, {"step": 9, "f/x": 1.0}]])
    told = live(pack, rows, context)
    assert [line.step for line in told] == [4]
    assert in_chunks(pack, rows, context, [4]) == [json.dumps(line.to_json()) for line in told]


def every_kind(kind: type[nodes.Node]) -> list[type[nodes.Node]]:
    return [kind, *(each for one in kind.__subclasses__() for each in every_kind(one))]


def assert_same(text: str, rows: Rows, context: RunContext, sizes: list[int], seed: int) -> None:
    program = loads(text, policy="p").compiled.program
    frame = frame_of(rows).frame
    own, mixed = (
        FrameProgram(program, context),
        FrameProgram(program, context, by_row=some_by_row(seed, 0.6)),
    )
    whole = own.advance(frame)
    done = 0
    for piece in pieces(frame, sizes):
        chunk = mixed.advance(piece)
        for one in first_stage(program):
            expected = whole[one.number].slice(done, piece.height)
            found = chunk[one.number]
            assert repr(found.to_list()) == repr(expected.to_list()), one
            assert found.dtype == expected.dtype
        done += piece.height
    assert not mixed.failures


seeds = st.integers(0, 10_000)


@random_cases(60)
@given(text=packs(), rows=runs(), context=contexts, sizes=cuts(), seed=seeds)
def test_some_operations_row_by_row_change_none(
    text: str, rows: Rows, context: RunContext, sizes: list[int], seed: int
) -> None:
    assert_same(text, rows, context, sizes, seed)


@random_cases(40)
@given(text=packs(), rows=runs(), context=contexts, sizes=cuts(), seed=seeds)
def test_instances_go_on_from_the_past_of_what_they_stand_for(
    text: str, rows: Rows, context: RunContext, sizes: list[int], seed: int
) -> None:
    pack = loads(text, policy="p")
    told = [json.dumps(line.to_json()) for line in live(pack, rows, context)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ptt_rules.evaluation.replay.FrameProgram", mixed_program(seed))
        assert in_chunks(pack, rows, context, sizes) == told


def mixed_program(seed: int) -> Any:
    return partial(FrameProgram, by_row=some_by_row(seed, 0.6))


PAIR = (
    'metric a: none = "a"\nmetric b: none = "b"\n'
    "detector x { let m = mean(a[3]) let s = sum(b[2]) high when m > s message '{m}' }"
).replace("'", '"')


def is_mean(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Aggregate) and node.statistic.word == "mean"


def test_what_is_known_of_it_is_told() -> None:
    program = loads(PAIR).compiled.program
    judged = FrameProgram(program, by_row=is_mean)
    mean = next(one for one in program.operations if is_mean(one.node))
    assert isinstance(mean.node, nodes.Aggregate)
    rows = [{"step": step, "a": 1.0 * step} for step in range(4)]
    judged.advance(frame_of(rows[:2]).frame)
    assert not judged.is_known(mean.number)
    judged.advance(frame_of(rows[2:]).frame)
    assert judged.is_known(mean.number)
    stream = RowColumn(mean, {}, NOTHING_KNOWN).stream
    assert stream is not None
    assert judged.observations(stream) == 4


@pytest.mark.parametrize("part", ["in a row", "in all"])
def test_a_fault_is_its_own(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    def fail(*_: Any) -> Any:
        raise ArithmeticError("no such luck")

    program = loads(PAIR).compiled.program
    judged = FrameProgram(program, by_row=is_mean)
    (column,) = judged._by_row.values()
    if part == "in all":
        monkeypatch.setattr(column, "advance", fail)
    else:
        monkeypatch.setitem(column._live._names, f"window{column._own}", fail)
    found = judged.advance(frame_of([{"step": s, "a": 1.0, "b": 2.0} for s in range(5)]).frame)
    assert judged.failures == {column.number: "ArithmeticError: no such luck"}
    assert found[column.number].null_count() == 5
    total = next(
        one
        for one in program.operations
        if isinstance(one.node, nodes.Aggregate) and one.node.statistic.word == "sum"
    )
    assert found[total.number].to_list() == [None, 4.0, 4.0, 4.0, 4.0]
