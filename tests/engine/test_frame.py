"""The metric frame that an engine shows."""

from __future__ import annotations

import math

import pytest

from ptt_rules import loads
from ptt_rules.evaluation import engine as engines
from ptt_rules.logs import frame_of

PACK = loads('metric kl: nats = "kl"\ndetector a { high when kl > 1 }\n')
ROWS = [
    {"step": 1, "kl": 0.5, "time": 2.0},
    {"step": 2, "loss": math.inf, "epoch": 0.5},
    {"step": 2, "kl": math.nan, "text": "no number"},
]


def test_it_is_the_frame_of_what_was_judged() -> None:
    engine = PACK.engine()
    assert engine.frame.is_empty()
    for row in ROWS:
        engine.observe(row)
    assert engine.frame.equals(frame_of(ROWS).frame)
    assert engine.frame.columns == ["step", "time", "epoch", "kl", "loss"]


def test_what_an_engine_keeps_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "FRAME_ROWS", 5)
    engine = PACK.engine()
    for step in range(20):
        engine.observe({"step": step, "kl": step})
    assert engine.frame["step"].to_list() == [15, 16, 17, 18, 19]


def test_a_state_holds_none_of_it() -> None:
    engine = PACK.engine()
    for row in ROWS:
        engine.observe(row)
    later = PACK.engine(state=engine.state())
    later.observe({"step": 3, "kl": 1.0})
    assert later.frame["step"].to_list() == [3]
