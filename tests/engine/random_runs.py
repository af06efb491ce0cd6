"""Random logs: short ones that are random through and through, long ones that follow patterns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import strategies as st

from ptt_rules.logs import NO_SIBLINGS, RunContext, Siblings
from tests.engine.random_formulas import METRICS

Rows = list[dict[str, Any]]

KEYS = (*METRICS, "old/a", "f/x", "f/y", "old/f/x", "g/x/mean", "g/y/mean", "lr", "f/a/b")
configs = st.sampled_from(
    [
        {},
        {"n": 3, "max_steps": 40},
        {"n": "x", "lr": 0.1, "max_steps": -1},
        {"n": None, "beta": 0.1, "max_steps": None},
        {"n": "2.5", "lr": math.nan, "max_steps": 1000},
        {"n": 10, "k": -0.0, "max_steps": 3, "m": 1e308},
        {"n": True, "k": False, "lr": 2**53 + 1},
        {"n": ["x"], "k": 5e-324},
    ]
)
facts = st.sampled_from(
    [{}, {"examples": 100, "parameters": 7}, {"examples": 0.5, "world_size": 8, "parameters": 0}]
)

far = [5e-324, -5e-324, 2.3e-308, 1e-300, 1e308, -1e308, 1.7e308, 2.0**53, 2**53 + 1, -(2**53) - 1]
observed = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, 1.0, 0.1, -2.0, 1e6, math.nan, math.inf, -math.inf]),
    st.sampled_from(far),
    st.floats(-10, 10, width=32),
    st.floats(-1e100, 1e100),
    st.none(),
)
cells = st.one_of(observed, observed, observed, st.sampled_from(["0.1", "1e308", "nan", True, 3]))
near = st.sampled_from([0.0, -0.0, 0.1, 0.3, 1.0, -1.0, 3.0, 4.0, 5.0, 6.0, 7.0, 20.0])


@st.composite
def tiny_runs(draw: st.DrawFn) -> Rows:
    """One to three rows, in which a metric takes one or two values: often all take one branch."""
    length = draw(st.sampled_from([1, 2, 3, 3]))
    rows: Rows = [{"step": step, "time": step / 2, "epoch": step / 3} for step in range(length)]
    others = st.lists(st.sampled_from(KEYS[3:]), unique=True, max_size=4)
    for key in [*METRICS, *draw(others)]:
        palette = draw(st.lists(st.one_of(near, near, cells), min_size=1, max_size=2))
        for row in rows:
            if draw(st.integers(0, 9)):
                row[key] = draw(st.sampled_from(palette))
    return rows


@st.composite
def short_runs(draw: st.DrawFn) -> Rows:
    """Up to 60 rows, each drawn by itself."""
    rows: Rows = []
    step, time = draw(st.integers(0, 5)), 0.0
    for _ in range(draw(st.sampled_from([0, 1, 4, 15, 30, 45, 60]))):
        step += draw(st.sampled_from([0, 1, 1, 1, 2, 15]))
        time += draw(st.sampled_from([0.0, 0.5, 0.5, 1.0, 7.0, -1.0]))
        keys = draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=7))
        row: dict[str, Any] = {"step": step, **{key: draw(cells) for key in keys}}
        if draw(st.integers(0, 5)):
            row["time"] = time
        if draw(st.booleans()):
            row["epoch"] = step / 10
        if draw(st.integers(0, 9)) == 0:
            row["resumed"] = draw(st.sampled_from([True, 1, False, "nan"]))
        rows.append(row)
    return rows


# ---- long runs -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Pattern:
    """How a key is logged in a part of a run: how often, and as which values.

    Few choices stand for many cells, so that a long run can be drawn, and shrunk, as fast as a
    short one. `noise` makes the values differ, `offset` lies far from zero against it.
    """

    key: str
    seed: int
    share: float
    part: tuple[int, int]
    palette: list[float | None]
    noise: float
    offset: float

    def cells(self) -> Iterator[tuple[int, float | None]]:
        """The rows in which it is logged, with the value."""
        random = Random(self.seed)
        for row in range(*self.part):
            value, wobble = random.choice(self.palette), random.gauss(0, 1)
            if value is not None and math.isfinite(value):
                value += self.offset + self.noise * wobble
            if random.random() < self.share:
                yield row, value


plain = st.sampled_from([0.0, -0.0, 1.0, 0.1, -2.0, 3.5])
broken: st.SearchStrategy[float | None] = st.sampled_from([math.nan, math.inf, -math.inf, None])
extreme = st.sampled_from([1e300, -1e300, 1.7e308, 5e-324, 1e-200, 2.0**53, 1e308, -1e-308])
mixed = st.one_of(plain, broken), st.one_of(plain, plain, broken, extreme, observed)
palettes = st.one_of(*(st.lists(one, min_size=1, max_size=5) for one in (plain, *mixed)))
seeds = st.integers(0, 10**6)


@st.composite
def patterns(draw: st.DrawFn, length: int) -> Pattern:
    """Of any key; families come and go."""
    parts = [(0, length), (0, length), (length // 3, length), (0, length // 2), (9, length - 9)]
    shares = st.sampled_from([1.0, 1.0, 0.5, 0.14, 0.02])
    return draw(_patterns(draw(st.sampled_from(KEYS)), shares, st.sampled_from(parts)))


def _patterns(
    key: str, shares: st.SearchStrategy[float], parts: st.SearchStrategy[tuple[int, int]]
) -> st.SearchStrategy[Pattern]:
    return st.builds(
        Pattern,
        key=st.just(key),
        seed=seeds,
        share=shares,
        part=parts,
        palette=palettes,
        noise=st.sampled_from([0.0, 1.0, 1.0, 0.001, 1e-9]),
        offset=st.sampled_from([0.0, 0.0, 1e9, -1e6, 1e-12]),
    )


@st.composite
def long_runs(draw: st.DrawFn) -> Rows:
    """Up to 300 rows, of which most have the first two metrics."""
    length = draw(st.sampled_from([5, 30, 70, 130, 300]))
    rows = draw(positions(length))
    often, throughout = st.sampled_from([1.0, 0.9, 0.5]), st.just((0, length))
    logged = [*draw(st.lists(patterns(length), max_size=6))]
    logged += [draw(_patterns(key, often, throughout)) for key in METRICS[:2]]
    for pattern in logged:
        for row, value in pattern.cells():
            rows[row][pattern.key] = value
    return rows


@st.composite
def positions(draw: st.DrawFn, length: int) -> Rows:
    """Steps that repeat or jump; times that are missing at first, or throughout, and may fall."""
    random = Random(draw(seeds))
    strides = draw(st.lists(st.sampled_from([1, 0, 2, 10]), min_size=1, max_size=4))
    ticks = draw(st.lists(st.sampled_from([0.1, 0.5, 1.0, 0.0, 30.0, -0.7]), max_size=4))
    first_time = draw(st.sampled_from([0, 0, 3]))
    step, time = draw(st.sampled_from([0, 1, 10**9])), draw(st.sampled_from([0.0, 812.4]))
    resumes = draw(st.sampled_from([0.0, 0.0, 0.02, 0.2]))
    rows: Rows = []
    for row in range(length):
        step += random.choice(strides)
        rows.append({"step": step})
        if random.random() < resumes:
            rows[-1]["resumed"] = True
        if ticks and row >= first_time:
            time += random.choice(ticks)
            rows[-1]["time"] = time
        if row % 5:
            rows[-1]["epoch"] = row / 7
    return rows


def runs() -> st.SearchStrategy[Rows]:
    return st.one_of(tiny_runs(), short_runs(), long_runs(), long_runs())


siblings = st.lists(short_runs().filter(bool), max_size=3).map(Siblings.of)
contexts = st.builds(RunContext, configs, facts, st.one_of(st.just(NO_SIBLINGS), siblings))


def cuts() -> st.SearchStrategy[list[int]]:
    """The sizes of chunks: any, or rows one by one, of which the last chunk takes what is left."""
    single = st.integers(1, 40).map(lambda count: [1] * count)
    return st.one_of(st.lists(st.integers(1, 60), max_size=6), single)
