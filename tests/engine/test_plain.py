"""Plain Polars expressions give what a replay gives, to 1e-12, and have no Python in them."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptt_rules import Pack, loads
from ptt_rules.evaluation.polars import plain
from ptt_rules.evaluation.polars.plain import NO_INSTANCE, REASONS, TOO_LARGE
from ptt_rules.evaluation.values import plain_expressions
from ptt_rules.logs import RunContext, frame_of
from tests.conftest import ROOT
from tests.engine.random_packs import packs
from tests.engine.random_runs import KEYS, Rows
from tests.engine.soak import random_cases

CONFIG = {"n": 3, "max_steps": 40}
Value = float | bool | None

ordinary = st.one_of(
    st.integers(-16, 16).map(lambda number: number / 4),
    st.floats(-4, 4),
    st.sampled_from([math.nan, math.inf, -math.inf]),
)


@st.composite
def ordinary_runs(draw: st.DrawFn) -> Rows:
    """Rows of numbers that a trainer may log: neither huge nor tiny."""
    rows: Rows = []
    step, time = 0, 0.0
    for _ in range(draw(st.integers(1, 40))):
        step += draw(st.sampled_from([0, 1, 1, 2, 15]))
        time += draw(st.sampled_from([0.0, 0.5, 7.0, -1.0]))
        keys = draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=7))
        row: dict[str, Any] = {"step": step, **{key: draw(ordinary) for key in keys}}
        if draw(st.integers(0, 4)):
            row |= {"time": time, "epoch": step / 10}
        if draw(st.integers(0, 9)) == 0:
            row["resumed"] = True
        rows.append(row)
    return rows


def is_same(one: Value, other: Value, within: float = 1e-12) -> bool:
    if one is None or other is None or isinstance(one, bool):
        return one is other
    if math.isnan(one) or math.isinf(one):
        return one == other or (math.isnan(one) and math.isnan(other))
    return abs(one - other) <= within * max(1.0, abs(one))


def nudged(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame with the last digits of its metrics changed."""
    keys = [key for key in frame.columns if key not in ("step", "time", "epoch")]
    dice = random.Random(0)
    return frame.with_columns(pl.col(key) * (1 + dice.choice((1e-13, -2e-13))) for key in keys)


def differences(pack: Pack, frame: pl.DataFrame) -> Iterator[tuple[str, int, Value, Value]]:
    """Where an expression is not what a replay is, and does not hang on a last digit."""
    wanted, shaken = (pack.columns(one, config=CONFIG) for one in (frame, nudged(frame)))
    made = pack.expressions(frame.columns, config=CONFIG)
    found = frame.lazy().with_columns(**made).collect()
    for name in made:
        columns = (wanted[name], found[name], shaken[name])
        for row, (one, other, near) in enumerate(zip(*columns, strict=True)):
            if not is_same(one, other) and is_same(one, near, 1e-9):
                yield name, row, one, other


@random_cases(10)
@given(text=packs(), rows=ordinary_runs())
def test_an_expression_is_what_a_replay_is(text: str, rows: Rows) -> None:
    with patch.object(plain, "MOST_PARTS", 500):  # larger ones take Polars long to plan
        assert list(differences(loads(text), frame_of(rows).frame)) == []


# ---- all statistics over all windows ---------------------------------------------------------

STATISTICS = "count sum mean median min max std var mad last delta slope autocorr zscore distinct"
OF_TRUTHS = "any all share count"
WINDOWS = (
    *("5", "5 before 2", "3..9", "3..9 before 2", "5 before 15 steps", "3..7 before 1 epoch"),
    *("first 6", "first 6 after 2", "20 steps", "20 steps before 10 steps", "3..20 steps", "40 s"),
    *("1 epoch", "all", "all before 2", "3..all", "all before 20 steps", "decay 4"),
    "decay 4 before 1",
)
NOT_KEPT = {"median", "mad", "distinct"}
"""Statistics that refuse windows without an end."""


def _calls(window: str) -> Iterator[str]:
    fades, is_endless = "decay" in window, "all" in window or "decay" in window
    for word in STATISTICS.split():
        if fades and word not in ("count", "sum", "mean", "std", "var"):
            continue
        if not (is_endless and word in NOT_KEPT):
            yield f"{word}(a[{window}])"
    for word in OF_TRUTHS.split():
        if not (fades and word in ("any", "all")):
            yield f"{word}((a > 0)[{window}])"
    if not fades:
        yield f"corr(a[{window}], b[{window}])"
        yield f"cusum(a[{window}], 0.5)"
    if not is_endless:
        yield f"quantile(a[{window}], 30%)"


def _rows(length: int) -> Rows:
    dice, rows, step, time = random.Random(1), [], 0, 0.0
    for _ in range(length):
        step, time = step + dice.choice([0, 1, 1, 3]), time + 5 * dice.random()
        row: dict[str, Any] = {"step": step, "epoch": step / 50}
        if dice.random() < 0.9:
            row["time"] = time
        if dice.random() < 0.8:
            row["a"] = dice.choice([dice.gauss(0, 1), dice.choice([0.1, 0.5]), math.nan, math.inf])
        if dice.random() < 0.3:
            row["b"] = dice.gauss(3, 2)
        rows.append(row)
    return rows


@pytest.mark.parametrize("window", WINDOWS)
def test_every_statistic_over_every_window(window: str) -> None:
    lets = "".join(f"  let v{n} = {call}\n" for n, call in enumerate(_calls(window)))
    declared = 'metric a: none = "a"\nmetric b: none = "b"\n'
    pack = loads(f"{declared}detector d {{\n{lets}  high when a > 1\n}}\n")
    assert list(differences(pack, frame_of(_rows(120)).frame)) == []


def test_a_spike_that_left_its_window_leaves_no_trace() -> None:
    pack = loads("detector d { let s = std(`a`[3]) let m = mean(`a`[3]) high when s == 0 }")
    values = [1e15, *[0.1] * 5]
    frame = frame_of([{"step": n, "a": value} for n, value in enumerate(values)]).frame
    found = frame.with_columns(**pack.expressions())
    assert found["inline.d.high"].to_list() == [None, None, False, True, True, True]
    assert found["inline.d.m"][-1] == 0.1


# ---- what they are ---------------------------------------------------------------------------


def test_there_is_no_function_of_python_in_the_plan() -> None:
    pack = loads("detector d { let x = log(exp(`a`)) high when mean(`a`[3]) > x }")
    frame = frame_of([{"step": 1, "a": 2.0}]).frame
    plan = frame.lazy().with_columns(**pack.expressions()).explain()
    assert not re.search(r"python|map_batches|lambda", plan, re.IGNORECASE)


def test_a_frame_may_lack_keys_and_clocks() -> None:
    pack = loads('metric a: none = "a", "old/a"\ndetector d { high when a > 1 and time > 1 }')
    frame = pl.DataFrame({"step": [1, 2], "old/a": [2, 3]})
    assert frame.with_columns(**pack.expressions())["inline.d.high"].to_list() == [None, None]


def test_instances_are_those_of_the_keys_that_are_passed() -> None:
    pack = loads('metric r[f]: none = "r/{f}"\ndetector d for each r { low when delta(r[2]) > 0 }')
    assert pack.expressions() == {}
    frame = pl.DataFrame({"step": [1, 2], "r/x": [2, 3], "r/y": [3, 3]})
    found = frame.with_columns(**pack.expressions(frame.columns))
    assert found["inline.d[x].low"].to_list() == [None, True]
    assert found["inline.d[y].low"].to_list() == [None, False]


# ---- what is left out ------------------------------------------------------------------------

LEFT_OUT = {
    "trend": "trend(`a`[9]) > 1",
    "robust_slope": "robust_slope(`a`[9]) > 1",
    "[all]": "std(`a`[all]) > 1",
}


@pytest.mark.parametrize("word", LEFT_OUT)
def test_what_polars_cannot_say_is_left_out_with_the_reason(word: str) -> None:
    pack = loads(f"detector d {{ let x = `a` high when {LEFT_OUT[word]} }}")
    found = plain_expressions(pack.compiled, RunContext())
    assert found.left_out == {"inline.d.high": REASONS[word]}
    assert set(pack.expressions()) == {"inline.d.x", "inline.d.a"}


def test_what_is_too_large_written_out_is_left_out() -> None:
    lets = "".join(f"let x{n + 1} = x{n} + x{n} " for n in range(20))
    pack = loads(f"detector d {{ let x0 = `a` {lets} high when x20 > 1 }}")
    assert plain_expressions(pack.compiled).left_out["inline.d.high"] == TOO_LARGE


def test_the_page_has_each_reason() -> None:
    page = " ".join((ROOT / "docs" / "values.md").read_text().split())
    for reason in (*REASONS.values(), NO_INSTANCE, TOO_LARGE):
        assert reason in page
