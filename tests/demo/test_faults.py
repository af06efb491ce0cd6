"""Faults show in the log of a real training from the step that they are said to, not before."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from ptt_runtime.demo import tiny
from ptt_runtime.demo.faults import PoisonedWeight, TurnsConstant
from ptt_runtime.demo.trainers import make_trainer

pytestmark = pytest.mark.runtime
AFTER, STEPS = 3, 6


def logs_of(algorithm: str, folder: Path, **options: Any) -> list[dict[str, Any]]:
    trainer = make_trainer(algorithm, folder, steps=STEPS, **options)
    trainer.train()
    return [row for row in trainer.state.log_history if "grad_norm" in row]


def test_a_reward_that_turns_constant_takes_all_contrast(tmp_path: Path) -> None:
    reward = TurnsConstant(tiny.vowels, after_step=AFTER, value=0.25)
    rows = logs_of("grpo", tmp_path, reward=reward)
    assert [row["reward"] == 0.25 for row in rows] == [step > AFTER for step in range(1, STEPS + 1)]
    assert all(row["frac_reward_zero_std"] == 1.0 for row in rows[AFTER:])
    assert any(row["frac_reward_zero_std"] < 1.0 for row in rows[:AFTER])


def test_a_reward_keeps_its_name_in_the_log(tmp_path: Path) -> None:
    reward = TurnsConstant(tiny.vowels, after_step=AFTER)
    rows = logs_of("grpo", tmp_path, reward=reward)
    assert "rewards/vowels/mean" in rows[0]


def test_one_poisoned_weight_turns_every_later_step_nan_without_raising(tmp_path: Path) -> None:
    rows = logs_of("dpo", tmp_path, callbacks=[PoisonedWeight(after_step=AFTER)])
    assert [row["step"] for row in rows] == list(range(1, STEPS + 1))
    assert all(math.isfinite(row["grad_norm"]) and row["loss"] > 0 for row in rows[:AFTER])
    assert all(math.isnan(row["grad_norm"]) for row in rows[AFTER:])
    assert all(row["loss"] == 0.0 for row in rows[AFTER:])  # NaN, as the trainer logs it


def test_one_weight_is_poisoned_and_no_other(tmp_path: Path) -> None:
    model = tiny.tiny_model(tmp_path)
    fault = PoisonedWeight(after_step=AFTER)
    for step in range(AFTER + 1):
        assert count_nan(model) == 0
        fault.on_step_begin(None, _State(step), None, model=model)
    assert count_nan(model) == 1


def count_nan(model: Any) -> int:
    return sum(int(weights.isnan().sum()) for weights in model.parameters())


class _State:
    def __init__(self, global_step: int) -> None:
        self.global_step = global_step
