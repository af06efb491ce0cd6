"""Both judges against the reference, which judges by definition, on random packs and logs."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given

from ptt_rules import Action, Event, loads
from ptt_rules.evaluation.row.live import LiveProgram
from ptt_rules.language.ir.nodes import Hyperparameter
from ptt_rules.logs import RunContext
from ptt_rules.logs.rows import read_row
from tests.engine.random_packs import packs, probes, reckoned
from tests.engine.random_runs import Rows, contexts, cuts, long_runs, runs, tiny_runs
from tests.engine.soak import random_cases
from tests.engine.test_chunks import assert_same_operations, first_stage, in_chunks
from tests.judges import live, whole
from tests.reference import Reader, log_of
from tests.reference.judge import reference


def told(lines: list[Event | Action]) -> list[str]:
    return [json.dumps(line.to_json()) for line in lines]


@random_cases(150)
@given(text=packs(), rows=runs(), context=contexts)
def test_live_tells_what_the_reference_tells(text: str, rows: Rows, context: RunContext) -> None:
    pack = loads(text, policy="p")
    assert told(live(pack, rows, context)) == told(reference(pack, rows, context))


@random_cases(100)
@given(text=packs(), rows=runs(), context=contexts)
def test_offline_tells_what_the_reference_tells(text: str, rows: Rows, context: RunContext) -> None:
    pack = loads(text, policy="p")
    assert told(whole(pack, rows, context)) == told(reference(pack, rows, context))


@random_cases(150)
@given(text=probes(), rows=long_runs(), sizes=cuts())
def test_every_aggregate_is_that_of_the_reference(text: str, rows: Rows, sizes: list[int]) -> None:
    pack = loads(text)
    expected = told(reference(pack, rows, {}))
    assert told(live(pack, rows, {})) == expected
    assert told(whole(pack, rows, {})) == expected
    assert in_chunks(pack, rows, RunContext(), sizes) == expected


def assert_values_of_the_reference(text: str, rows: Rows, context: RunContext) -> None:
    program = loads(text, policy="p").compiled.program
    lived, reader = LiveProgram(program, context), Reader(log_of(rows, context, program.params))
    for number, row in enumerate(rows):
        lived.advance(read_row(row))
        for operation in first_stage(program):
            if not isinstance(operation.node, Hyperparameter):
                value = reader.value(operation.node, number)
                assert repr(lived.values[operation.number]) == repr(value), (operation, number)


@random_cases(100)
@given(text=packs(), rows=runs(), context=contexts)
def test_every_value_is_that_of_the_reference(text: str, rows: Rows, context: RunContext) -> None:
    assert_values_of_the_reference(text, rows, context)


@random_cases(100)
@given(text=reckoned(), rows=tiny_runs(), context=contexts)
def test_every_formula_is_that_of_the_reference(text: str, rows: Rows, context: RunContext) -> None:
    assert_values_of_the_reference(text, rows, context)


# ---- zeros ---------------------------------------------------------------------------------

ELEMENTWISE = [
    "0 + a", "0 - a", "a + 0", "a - 0", "p + a", "p - a", "a - p", "-a", "a * -1", "-1 * a",
    "a / -1", "abs(a)", "sqrt(a)", "floor(a)", "greatest(a, 0)", "least(a, 0)", "greatest(0, a)",
]  # fmt: skip
WINDOWS = ["a[3]", "a[4 before 1]", "a[first 3]", "a[5 steps]", "a[all]"]
FOLDED = ["delta", "last", "sum", "mean", "min", "max", "std", "var", "slope", "zscore"]
SORTED = ["median", "mad", "trend", "robust_slope", "distinct", "autocorr"]
OF_ZEROS = [
    *ELEMENTWISE,
    *(f"{aggregate}({window})" for aggregate in FOLDED for window in WINDOWS),
    *(f"{aggregate}({window})" for aggregate in SORTED for window in WINDOWS[:3]),
    *(f"quantile({window}, 30%)" for window in WINDOWS[:3]),
    *(f"{aggregate}(a[decay 3])" for aggregate in ("sum", "mean", "std")),
]


@pytest.mark.parametrize("expression", OF_ZEROS)
def test_zeros_have_the_same_sign_everywhere(expression: str) -> None:
    """Polars takes `0 + x` for `x`, which of x = -0.0 is another zero than IEEE 754 has."""
    text = f"""metric a: none = "a" param p = 0 in -1..1
        detector d {{ let v = {expression} high when v > 5 message "{{v}}" }} policy p {{ }}"""
    source = Random(expression)
    for _ in range(30):
        logged = source.choices([-0.0, 0.0, 1.0, -1.0], weights=[6, 6, 1, 1], k=12)
        rows = [{"step": step, "a": value} for step, value in enumerate(logged)]
        assert_values_of_the_reference(text, rows, RunContext())
        assert_same_operations(text, rows, RunContext(), source.choice([[], [1] * 12, [2, 1, 3]]))


def test_the_two_zeros_are_two_constants() -> None:
    """`0.0 == -0.0`, so that one could be taken for the other where what is the same is shared."""
    text = """metric a: none = "a"
        detector d { let v = a + 0.0 let w = a + -0.0 high when v > 5 or w > 5 message "{v} {w}" }
        policy p { }"""
    rows = [{"step": step, "a": value} for step, value in enumerate([-0.0, 0.0, 1.0])]
    assert_values_of_the_reference(text, rows, RunContext())
    assert_same_operations(text, rows, RunContext(), [1, 2])
