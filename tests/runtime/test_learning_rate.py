"""The learning rate over whole schedules: what is planned, what is set, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import get_scheduler

from ptt_runtime.actions.learning_rate import LearningRate

pytestmark = pytest.mark.runtime

KINDS: dict[str, dict[str, Any]] = {
    "linear": {},
    "cosine": {},
    "cosine_with_restarts": {"num_cycles": 3},
    "cosine_with_min_lr": {"min_lr_rate": 0.1},
    "polynomial": {},
    "inverse_sqrt": {},
    "constant": {},
    "constant_with_warmup": {},
}
Change = Callable[[LearningRate], Any]


@dataclass(frozen=True)
class Schedule:
    kind: str
    steps: int
    warm_up: int
    heights: list[float] = field(default_factory=lambda: [1e-3])
    """Of each group of parameters."""

    def rates(self, at: int = -1, change: Change | None = None) -> list[list[float]]:
        """The rates of the groups at each step; a change is made once a step is over."""
        weights = [torch.nn.Parameter(torch.zeros(1)) for _ in self.heights]
        groups = zip(weights, self.heights, strict=True)
        optimizer = torch.optim.SGD([{"params": [one], "lr": height} for one, height in groups])
        scheduler = get_scheduler(
            self.kind,
            optimizer,
            num_warmup_steps=self.warm_up,
            num_training_steps=self.steps,
            scheduler_specific_kwargs=KINDS[self.kind],
        )
        rate = LearningRate(optimizer, scheduler)
        found = []
        for step in range(self.steps):
            rate.hold()
            found.append([group["lr"] for group in optimizer.param_groups])
            optimizer.step()
            scheduler.step()
            if step == at and change is not None:
                change(rate)
        return found


schedules = st.builds(
    Schedule,
    st.sampled_from(sorted(KINDS)),
    st.integers(8, 40),
    st.integers(0, 7),
    st.lists(st.floats(1e-6, 1e-1), min_size=1, max_size=3),
)
shares = st.floats(0, 0.99)


@settings(max_examples=200, deadline=None)
@given(schedules, shares, st.integers(0, 3), st.floats(0.01, 10))
def test_a_factor_of_what_was_logged_is_that_factor_of_all_that_was_planned(
    schedule: Schedule, share: float, steps_ago: int, factor: float
) -> None:
    planned = schedule.rates()
    at = int(share * schedule.steps)
    logged = planned[max(0, at - steps_ago)][0]
    if logged == 0:
        return
    found = schedule.rates(at, lambda rate: rate.scale(logged * factor, logged))
    for step, (rates, plan) in enumerate(zip(found, planned, strict=True)):
        scaled = factor if step > at else 1
        assert rates == pytest.approx([one * scaled for one in plan], rel=1e-9, abs=1e-18)


@settings(max_examples=200, deadline=None)
@given(schedules, shares, st.floats(1e-7, 1))
def test_a_rate_that_is_set_falls_with_the_schedule_and_is_never_exceeded(
    schedule: Schedule, share: float, value: float
) -> None:
    planned = [plan[0] for plan in schedule.rates()]
    at = int(share * schedule.steps)
    found = [rates[0] for rates in schedule.rates(at, lambda rate: rate.write(value))]
    assert found[: at + 1] == planned[: at + 1]
    height = 0.0
    for rate, plan in zip(found[at + 1 :], planned[at + 1 :], strict=True):
        height = max(height, plan)
        assert rate <= value * (1 + 1e-9)
        if height:
            assert rate == pytest.approx(value * plan / height, rel=1e-6, abs=1e-15)


@pytest.mark.parametrize("kind", ["cosine_with_restarts", "linear"])
def test_half_of_what_was_set_is_never_exceeded_either(kind: str) -> None:
    def change(rate: LearningRate) -> None:
        rate.write(4e-4)
        rate.scale(2e-4, 4e-4)

    schedule = Schedule(kind, steps=30, warm_up=5)
    found = [rates[0] for rates in schedule.rates(1, change)]
    assert max(found[2:]) == pytest.approx(2e-4)
    assert found[2] == pytest.approx(2e-4)


def test_a_rate_that_falls_where_nothing_gets_better_stays_below_what_was_set() -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0)
    rate = LearningRate(optimizer, scheduler)
    rate.write(0.05)
    scheduler.step(1.0)
    rate.hold()
    assert rate.read() == 0.05
    scheduler.step(1.0)
    rate.hold()
    assert rate.read() == pytest.approx(0.005)
    rate.scale(0.001, 0.005)
    assert rate.read() == pytest.approx(0.001)


@settings(max_examples=100, deadline=None)
@given(schedules, st.floats(0, 0.6), st.floats(0, 1e-2) | st.none())
def test_a_reset_leaves_the_schedule_as_it_was_planned(
    schedule: Schedule, share: float, value: float | None
) -> None:
    planned = schedule.rates()
    at = int(share * schedule.steps)

    def change(rate: LearningRate) -> None:
        before = rate.read()
        try:
            if value is None:
                rate.scale(before * 0.5, before)
            else:
                rate.write(value)
        except ValueError:
            return  # there is no rate to begin with
        rate.reset()

    changed = schedule.rates(at, change)
    assert changed[at + 2 :] == [pytest.approx(rates) for rates in planned[at + 2 :]]
