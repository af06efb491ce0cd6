"""Random logs: short ones that are random through and through, long ones that follow patterns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.engine.random_packs import METRICS

Rows = list[dict[str, Any]]

KEYS = (*METRICS, "old/a", "f/x", "f/y", "old/f/x", "g/x/mean", "g/y/mean", "lr", "f/a/b")
configs = st.sampled_from(
    [
        {},
        {"n": 3, "max_steps": 40},
        {"n": "x", "lr": 0.1, "max_steps": -1},
        {"n": None, "beta": 0.1, "max_steps": None},
        {"n": "2.5", "lr": math.nan, "max_steps": 1000},
    ]
)

cells = st.one_of(
    st.sampled_from([0.0, 1.0, 1.0, 0.1, -2.0, 1e6, math.nan, math.inf, -math.inf]),
    st.floats(-10, 10, width=32),
    st.floats(-1e100, 1e100),
    st.none(),
)


@st.composite
def short_runs(draw: st.DrawFn) -> Rows:
    """Up to 60 rows, each drawn by itself."""
    rows: Rows = []
    step, time = draw(st.integers(0, 5)), 0.0
    for _ in range(draw(st.integers(0, 60))):
        step += draw(st.sampled_from([0, 1, 1, 1, 2, 15]))
        time += draw(st.sampled_from([0.0, 0.5, 0.5, 1.0, 7.0, -1.0]))
        keys = draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=7))
        row: dict[str, Any] = {"step": step, **{key: draw(cells) for key in keys}}
        if draw(st.integers(0, 5)):
            row["time"] = time
        if draw(st.booleans()):
            row["epoch"] = step / 10
        rows.append(row)
    return rows


# ---- patterns ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pattern:
    """How a key is logged: in each `period`-th row of a part of the run, a cycle of values.

    `wobble` makes them all different, `offset` large against it.
    """

    key: str
    period: int
    first: int
    last: int
    cycle: list[float | None]
    wobble: float
    offset: float

    def is_logged_in(self, row: int) -> bool:
        return self.first <= row < self.last and (row - self.first) % self.period == 0

    def cell(self, row: int) -> float | None:
        value = self.cycle[row % len(self.cycle)]
        if value is None or not math.isfinite(value):
            return value
        return value + self.offset + self.wobble * math.sin(row * row)


everyday = st.sampled_from([0.0, -0.0, 1.0, 0.1, -2.0, 3.5])
broken: st.SearchStrategy[float | None] = st.sampled_from([math.nan, math.inf, -math.inf, None])
extreme = st.sampled_from([1e300, -1e300, 1.7e308, 5e-324, 1e-200, 2.0**53])
logged = st.one_of(everyday, broken), st.one_of(everyday, everyday, broken, extreme, cells)
cycles = st.one_of(*(st.lists(one, min_size=1, max_size=5) for one in (everyday, *logged)))


@st.composite
def patterns(draw: st.DrawFn, length: int) -> Pattern:
    first = draw(st.sampled_from([0, 0, 0, 1, length // 3]))
    last = draw(st.sampled_from([length, length, length, length // 2]))
    return Pattern(
        key=draw(st.sampled_from(KEYS)),
        period=draw(st.sampled_from([1, 1, 1, 2, 3, 7, 50])),
        first=first,
        last=last,
        cycle=draw(cycles),
        wobble=draw(st.sampled_from([0.0, 1.0, 0.001, 1e-9])),
        offset=draw(st.sampled_from([0.0, 0.0, 1e9, -1e6, 1e-12])),
    )


@st.composite
def long_runs(draw: st.DrawFn) -> Rows:
    """Up to 300 rows."""
    length = draw(st.sampled_from([5, 70, 130, 300]))
    logged = draw(st.lists(patterns(length), min_size=1, max_size=8, unique_by=lambda p: p.key))
    strides = draw(st.lists(st.sampled_from([0, 1, 1, 2, 10]), min_size=1, max_size=4))
    ticks = draw(st.lists(st.sampled_from([0.1, 0.5, 1.0, 0.0, 30.0, -0.7]), max_size=4))
    first_time = draw(st.sampled_from([0, 0, 3]))
    step, time = draw(st.sampled_from([0, 1, 10**9])), draw(st.sampled_from([0.0, 812.4]))
    rows: Rows = []
    for row in range(length):
        step += strides[row % len(strides)]
        rows.append({"step": step})
        if ticks and row >= first_time:
            time += ticks[row % len(ticks)]
            rows[-1]["time"] = time
        if row % 5:
            rows[-1]["epoch"] = row / 7
        rows[-1] |= {one.key: one.cell(row) for one in logged if one.is_logged_in(row)}
    return rows


def runs() -> st.SearchStrategy[Rows]:
    return st.one_of(short_runs(), short_runs(), long_runs())
