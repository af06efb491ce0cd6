"""Intervals hold what they are of: every value of a random program lies in its bounds."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptt_rules import loads
from ptt_rules.evaluation.row.live import LiveProgram
from ptt_rules.language.intervals import EVERYTHING, NOTHING, Interval
from ptt_rules.language.passes.bounds import Bounds, Truths, compared
from ptt_rules.language.types import Kind
from ptt_rules.logs import RunContext
from ptt_rules.logs.rows import read_row
from tests.engine.random_packs import DERIVED, conditions, values

inf, nan = math.inf, math.nan
RANGES = ((-5.0, 5.0), (0.0, inf), (0.0, 1.0), (-inf, 0.0), (-2.0, -1.0), (3.0, 3.0), (-inf, inf))
METRICS = ("a", "b", "c")
KEYS = {"a": "a", "b": "b", "c": "c", "f/x": "f", "f/y": "f"}


@st.composite
def declared_ranges(draw: st.DrawFn) -> dict[str, Interval]:
    return {name: Interval(*draw(st.sampled_from(RANGES))) for name in (*METRICS, "f")}


def pack_text(ranges: dict[str, Interval], expressions: list[str], truths: list[str]) -> str:
    def end(number: float) -> str:
        return "" if math.isinf(number) else f"{number:g}"

    def declared(name: str, label: str, key: str) -> str:
        low, high = end(ranges[name].low), end(ranges[name].high)
        within = f" in {low}..{high}" if low or high else ""
        return f'metric {name}{label}: none{within} = "{key}"\n'

    metrics = [declared(name, "", name) for name in METRICS]
    metrics += [declared("f", "[label]", "f/{label}"), DERIVED]
    lets = "".join(f"let v{i} = {text}\n" for i, text in enumerate(expressions))
    levels = "".join(
        f"{word} when {text}\n" for word, text in zip(("high", "low"), truths, strict=False)
    )
    return f"{''.join(metrics)}detector d {{ {lets}{levels}}}\n"


@st.composite
def rows(draw: st.DrawFn, ranges: dict[str, Interval]) -> list[dict[str, Any]]:
    def cell(within: Interval) -> st.SearchStrategy[float]:
        low, high = max(within.low, -100.0), min(within.high, 100.0)
        odd = [nan, *(end for end in (within.low, within.high)), low, high]
        return st.one_of(st.sampled_from(odd), st.floats(low, high, width=16))

    found: list[dict[str, Any]] = []
    step = 0
    for _ in range(draw(st.integers(1, 40))):
        step += draw(st.sampled_from([0, 1, 1, 15]))
        keys = draw(st.lists(st.sampled_from(sorted(KEYS)), unique=True))
        logged = {key: draw(cell(ranges[KEYS[key]])) for key in keys}
        found.append({"step": step, "time": step / 2, "epoch": step / 9, **logged})
    return found


def is_in(value: float, interval: Interval) -> bool:
    """Whether a number lies in an interval, but for rounding."""
    slack = 1e-6 * max(1.0, abs(value))
    return math.isnan(value) or interval.low - slack <= value <= interval.high + slack


def is_among(value: bool, truths: Truths) -> bool:
    return truths.can_hold if value else truths.can_fail


@given(st.data())
def test_every_value_lies_in_its_interval(data: st.DataObject) -> None:
    ranges = data.draw(declared_ranges())
    expressions = data.draw(st.lists(values(), min_size=1, max_size=4))
    truths = data.draw(st.lists(conditions(), min_size=1, max_size=2))
    pack = loads(pack_text(ranges, expressions, truths))
    columns = {(name,): interval for name, interval in ranges.items() if name != "f"}
    columns |= {("f/x",): ranges["f"], ("f/y",): ranges["f"]}
    bounds = Bounds(columns, {"inline.p": Interval(-5, 5), "inline.q": Interval(0, 1)})
    program = LiveProgram(pack.compiled.program, RunContext({"max_steps": 1000, "n": 3}))
    for logged in data.draw(rows(ranges)):
        program.advance(read_row(logged))
        for operation, value in zip(pack.compiled.program.operations, program.values, strict=True):
            if value is None:
                continue
            if operation.node.kind is Kind.NUMBER:
                interval = bounds.number(operation.node)
                assert is_in(value, interval), (operation.node, value, interval)
            else:
                assert is_among(value, bounds.truth(operation.node)), operation.node


@pytest.mark.parametrize(
    ("computed", "expected"),
    [
        (Interval(1, 2) + Interval(-1, inf), Interval(0, inf)),
        (Interval(1, 2) - Interval(0, 1), Interval(0, 2)),
        (Interval(-1, 2) * Interval(3, 4), Interval(-4, 8)),
        (Interval(0, inf) * Interval(0, inf), Interval(0, inf)),
        (Interval(1, 2) / Interval(0, 4), Interval(0.25, inf)),
        (Interval(1, 2) / Interval(-4, 0), Interval(-inf, -0.25)),
        (Interval(1, 2) / Interval(-1, 1), EVERYTHING),
        (Interval(1, 2) / Interval(0, 0), NOTHING),
        (Interval(1, 2) / Interval(4, inf), Interval(0, 0.5)),
        (Interval(1, 2).meet(Interval(3, 4)), NOTHING),
        (NOTHING + Interval(1, 2), NOTHING),
    ],
)
def test_arithmetic(computed: Interval, expected: Interval) -> None:
    assert computed == expected


@pytest.mark.parametrize(
    ("operator", "left", "right", "expected"),
    [
        (">", Interval(0, 1), Interval(1, 1), Truths(can_hold=False)),
        (">=", Interval(0, 1), Interval(1, 1), Truths()),
        ("<", Interval(0, 1), Interval(2, 3), Truths(can_fail=False)),
        ("<=", Interval(0, 1), Interval(1, 3), Truths(can_fail=False)),
        ("==", Interval(0, 1), Interval(2, 2), Truths(can_hold=False)),
        ("!=", Interval(0, 1), Interval(2, 2), Truths(can_fail=False)),
        ("==", Interval(1, 1), Interval(1, 1), Truths(can_fail=False)),
        ("<", NOTHING, Interval(1, 1), Truths(can_hold=False, can_fail=False)),
    ],
)
def test_comparisons(operator: str, left: Interval, right: Interval, expected: Truths) -> None:
    assert compared(operator, left, right) == expected
