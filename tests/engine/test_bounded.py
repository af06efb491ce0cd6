"""Section 9, 3: neither the state nor the work of a row grows with the run."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

from hypothesis import given

from ptt_rules import loads
from ptt_rules.evaluation import Engine
from tests.engine.random_packs import packs
from tests.engine.soak import random_cases


def row(step: int) -> dict[str, float]:
    """A log that goes on and on."""
    metrics = {"a": step % 7, "b": step % 5 - 2.5, "f/x": step % 4, "f/y": step % 2, "lr": 1.0}
    seldom = {"c": step % 3} if step % 10 == 0 else {}
    return {"step": step, "time": 60 * step, "epoch": step / 100, **metrics, **seldom}


def numbers(state: Any) -> int:
    """How many numbers and words a state holds."""
    if isinstance(state, dict):
        return sum(map(numbers, state.values()))
    return sum(map(numbers, state)) if isinstance(state, list) else 1


def calls(engine: Engine, steps: range) -> int:
    """How many functions of Python are called for some rows."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        for step in steps:
            engine.observe(row(step))
    finally:
        sys.setprofile(before)
    return count


def watched(engine: Engine, first: int, last: int) -> tuple[int, int]:
    """The size of the state at the end of some rows, and the work of the last 100."""
    for step in range(first, last - 100):
        engine.observe(row(step))
    work = calls(engine, range(last - 100, last))
    return numbers(engine.state()), work


@random_cases(15)
@given(text=packs())
def test_neither_state_nor_work_grows_with_the_run(text: str) -> None:
    """Spans hold no more than 100 rows here; what has left them is cleared away now and then."""
    engine = loads(text, policy="p").engine({"n": 1})
    size, work = watched(engine, 1, 1000)  # by then the largest window is full
    later_size, later_work = watched(engine, 1000, 3000)
    assert later_size < 2 * size
    assert later_work < 1.25 * work
