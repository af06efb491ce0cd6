"""Which detectors a row calls up: no more than have something to do, and never one too few."""

from __future__ import annotations

import pytest

from ptt_rules import Engine, EventKind, loads

RULES = """
metric kl: nats = "kl"
metric loss: nats = "loss"
metric part[name]: nats = "part/{name}/kl"

detector kl_high {
  high when kl > 1 or mean(kl[3]) > 0.8
  message "kl"
}

detector loss_high {
  high when loss > 5
  message "loss"
}

detector late for each part {
  low when step > 2
  again every 1
  message "late"
}
"""


def called(engine: Engine, **metrics: float) -> set[str]:
    """The detectors that a row calls up, by name."""
    engine.observe({"step": engine.rows + 1, **metrics})
    return {judge.name.partition(".")[2] for judge in engine.called}


def test_a_healthy_row_calls_up_nobody() -> None:
    engine = loads(RULES).engine()
    found = [called(engine, kl=0.1, loss=1.0) for _ in range(6)]
    # at the third row the mean is known
    assert found == [{"kl_high", "loss_high"}, set(), {"kl_high"}, set(), set(), set()]


@pytest.mark.parametrize("kl", [2.0, float("nan")])
def test_what_holds_or_becomes_unknown_calls_up_its_detector_alone(kl: float) -> None:
    engine = loads(RULES).engine()
    for _ in range(6):
        called(engine, kl=0.1, loss=1.0)
    assert called(engine, kl=kl, loss=1.0) == {"kl_high"}


def test_one_that_fires_is_called_up_until_it_is_resolved_where_its_metric_is() -> None:
    engine = loads(RULES).engine()
    called(engine, kl=0.1, loss=1.0)
    assert called(engine, loss=9.0) == {"loss_high"}
    assert called(engine, kl=0.1) == set()
    assert called(engine, loss=9.0) == {"loss_high"}
    assert called(engine, loss=1.0) == {"loss_high"}
    assert called(engine, loss=1.0) == set()


def test_an_instance_that_reads_no_metric_is_judged_at_each_row() -> None:
    """It begins with its key and needs it no more."""
    engine = loads(RULES).engine()
    told = [event.event for step in (1, 2) for event in engine.observe({"step": step})]
    told += [event.event for event in engine.observe({"step": 3, "part/x/kl": 0.0})]
    told += [event.event for step in (4, 5) for event in engine.observe({"step": step})]
    assert told == [EventKind.FIRED, EventKind.AGAIN, EventKind.AGAIN]
