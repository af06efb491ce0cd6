"""Faults show in the log of a real training from the step that they are said to, not before."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch

from ptt_runtime import faults
from ptt_runtime.demo import tiny
from ptt_runtime.demo.trainers import algorithms, make_trainer

pytestmark = pytest.mark.runtime
AFTER, STEPS = 3, 6
STEP_NUMBERS = list(range(1, STEPS + 1))
SPOILED = [step > AFTER for step in STEP_NUMBERS]
END = 2

Row = dict[str, Any]


def logs_of(algorithm: str, folder: Path, **options: Any) -> list[Row]:
    trainer = make_trainer(algorithm, folder, steps=STEPS, **options)
    trainer.train()
    return [row for row in trainer.state.log_history if "train_runtime" not in row]


def logs_with(fault: Any, algorithm: str, folder: Path, **options: Any) -> list[Row]:
    return logs_of(algorithm, folder, callbacks=[fault], **options)


def is_told_apart(rows: list[Row], healthy: list[Row], key: str) -> list[bool]:
    """In which rows a fault changed a metric."""
    return [
        row[key] != other[key] and not (math.isnan(row[key]) and math.isnan(other[key]))
        for row, other in zip(rows, healthy, strict=True)
    ]


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[Row]]:
    """The same training without a fault, bit for bit."""
    found: dict[str, list[Row]] = {}

    def of(algorithm: str) -> list[Row]:
        if algorithm not in found:
            found[algorithm] = logs_of(algorithm, tmp_path_factory.mktemp(algorithm))
        return found[algorithm]

    return of


# ---- weights -------------------------------------------------------------------------------


def test_one_poisoned_weight_turns_every_later_step_nan_without_raising(tmp_path: Path) -> None:
    rows = logs_with(faults.PoisonedWeight(after_step=AFTER), "dpo", tmp_path)
    assert [row["step"] for row in rows] == STEP_NUMBERS
    assert [math.isnan(row["grad_norm"]) for row in rows] == SPOILED
    assert [row["loss"] == 0.0 for row in rows] == SPOILED  # NaN, as the trainer logs it


def test_one_weight_is_poisoned_and_no_other(tmp_path: Path) -> None:
    model = tiny.tiny_model(tmp_path)
    fault = faults.PoisonedWeight(after_step=AFTER)
    for step in range(AFTER + 1):
        assert _count_nan(model) == 0
        fault.on_step_begin(None, _State(step), None, model=model)
    assert _count_nan(model) == 1


def test_a_trainer_that_announces_no_steps_is_broken_at_their_end(tmp_path: Path) -> None:
    model = tiny.tiny_model(tmp_path)
    fault = faults.PoisonedWeight(after_step=AFTER)
    counts = []
    for step in STEP_NUMBERS:
        fault.on_step_end(None, _State(step), None, model=model)
        counts.append(_count_nan(model))
    assert counts == [0, 0, 1, 1, 1, 1]


WEIGHTS: dict[str, Callable[[], faults.Fault]] = {
    "noise": lambda: faults.NoisyWeights(after_step=AFTER),
    "infinity": lambda: faults.PoisonedWeight(after_step=AFTER, value=math.inf),
    "scale": lambda: faults.ScaledWeights(after_step=AFTER, factor=20.0),
    "token": lambda: faults.BiasedToken(after_step=AFTER, token=7, by=9.0),
    "reset": lambda: faults.ResetWeights(after_step=AFTER),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_are_broken_after_the_step_and_not_before(
    tmp_path: Path, name: str, healthy: Callable[[str], list[Row]]
) -> None:
    rows = logs_with(WEIGHTS[name](), "sft", tmp_path)
    assert is_told_apart(rows, healthy("sft"), "entropy") == SPOILED


def test_reset_weights_are_those_of_the_start(tmp_path: Path) -> None:
    model = tiny.tiny_model(tmp_path)
    fault = faults.ResetWeights(after_step=0)
    fault.on_train_begin(None, _State(0), None, model=model)
    before = [weights.clone() for weights in model.parameters()]
    with torch.no_grad():
        for weights in model.parameters():
            weights += 1
    fault.on_step_begin(None, _State(0), None, model=model)
    after = list(model.parameters())
    assert all(torch.equal(old, new) for old, new in zip(before, after, strict=True))


def test_a_larger_head_collapses_the_entropy_of_a_policy(tmp_path: Path) -> None:
    rows = logs_with(faults.ScaledWeights(after_step=AFTER, factor=1000.0), "grpo", tmp_path)
    assert [row["entropy"] < 1 for row in rows] == SPOILED


def test_a_raised_end_token_makes_every_completion_empty(tmp_path: Path) -> None:
    fault = faults.BiasedToken(after_step=AFTER, token=END, by=50.0)
    rows = logs_with(fault, "grpo", tmp_path)
    assert [row["completions/mean_length"] <= 1 for row in rows] == SPOILED


@pytest.mark.parametrize("algorithm", ["grpo", "rloo"])
def test_a_raised_token_is_said_over_and_over(tmp_path: Path, algorithm: str) -> None:
    fault = faults.BiasedToken(after_step=AFTER, token=7, by=50.0)
    rows = logs_with(fault, algorithm, tmp_path)
    assert [row["entropy"] < 0.01 for row in rows] == SPOILED


def test_another_model_than_the_policy_can_be_broken(tmp_path: Path) -> None:
    scorer, policy = tiny.tiny_scorer(), tiny.tiny_model(tmp_path)
    fault = faults.PoisonedWeight(after_step=0, module=scorer)
    fault.on_step_begin(None, _State(0), None, model=policy)
    assert (_count_nan(scorer), _count_nan(policy)) == (1, 0)


def test_a_name_that_no_weight_has_is_told(tmp_path: Path) -> None:
    fault = faults.ScaledWeights(after_step=0, factor=2.0, name="value_head")
    with pytest.raises(ValueError, match=r"contains `value_head`; the last are .*lm_head"):
        fault.on_step_begin(None, _State(0), None, model=tiny.tiny_model(tmp_path))


def test_a_step_before_the_first_is_refused() -> None:
    with pytest.raises(ValueError, match="after_step is -1"):
        faults.SlowSteps(after_step=-1, seconds=1.0)


# ---- the loop ------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", [name for name in algorithms() if name != "ppo"])
def test_gradients_are_scaled_before_they_are_measured(
    tmp_path: Path, algorithm: str, healthy: Callable[[str], list[Row]]
) -> None:
    rows = logs_with(faults.ScaledGradients(after_step=AFTER, factor=0.0), algorithm, tmp_path)
    before = [row["grad_norm"] for row in healthy(algorithm)[:AFTER]]
    assert [row["grad_norm"] for row in rows] == [*before, 0.0, 0.0, 0.0]


def test_a_learning_rate_lasts_along_the_schedule(
    tmp_path: Path, healthy: Callable[[str], list[Row]]
) -> None:
    rows = logs_with(faults.ScaledLearningRate(after_step=AFTER, factor=10.0), "sft", tmp_path)
    factors = [
        row["learning_rate"] / other["learning_rate"]
        for row, other in zip(rows, healthy("sft"), strict=True)
    ]
    assert factors == pytest.approx([1, 1, 1, 10, 10, 10])


def test_steps_are_slow_from_the_first_spoiled_one_on(tmp_path: Path) -> None:
    ended: list[float] = []

    class Clock(faults.Fault):
        def strike(self, parts: dict[str, Any]) -> None: ...

        def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            ended.append(time.monotonic())

    slow = faults.SlowSteps(after_step=AFTER, seconds=0.5)
    logs_of("sft", tmp_path, callbacks=[slow, Clock(after_step=0)])
    took = [later - earlier for earlier, later in pairwise(ended)]
    assert [seconds > 0.5 for seconds in took[: STEPS - 1]] == SPOILED[1:]


# ---- data ----------------------------------------------------------------------------------

FIXED_DATA = ("sft", "dpo", "kto", "orpo", "cpo", "reward")


@pytest.mark.parametrize("algorithm", FIXED_DATA)
def test_random_tokens_begin_with_the_step(
    tmp_path: Path, algorithm: str, healthy: Callable[[str], list[Row]]
) -> None:
    fault = faults.FaultyExamples(faults.random_tokens(60), after_step=AFTER)
    rows = logs_with(fault, algorithm, tmp_path)
    assert is_told_apart(rows, healthy(algorithm), "grad_norm") == SPOILED


@pytest.mark.parametrize("algorithm", ["dpo", "kto", "orpo", "cpo", "reward"])
def test_swapped_pairs_begin_with_the_step(
    tmp_path: Path, algorithm: str, healthy: Callable[[str], list[Row]]
) -> None:
    fault = faults.FaultyExamples(faults.swapped_pairs, after_step=AFTER)
    rows = logs_with(fault, algorithm, tmp_path)
    assert is_told_apart(rows, healthy(algorithm), "loss") == SPOILED


def test_swapped_pairs_are_lost_where_they_were_won(
    tmp_path: Path, healthy: Callable[[str], list[Row]]
) -> None:
    fault = faults.FaultyExamples(faults.swapped_pairs, after_step=AFTER)
    row, other = logs_with(fault, "reward", tmp_path)[AFTER], healthy("reward")[AFTER]
    assert row["margin"] == pytest.approx(-other["margin"], abs=1e-5)


def test_identical_pairs_have_no_margin(tmp_path: Path) -> None:
    fault = faults.FaultyExamples(faults.identical_pairs, after_step=AFTER)
    rows = logs_with(fault, "dpo", tmp_path)
    assert [row["rewards/margins"] == 0 for row in rows[1:]] == SPOILED[1:]
    assert [row["loss"] == pytest.approx(math.log(2)) for row in rows[1:]] == SPOILED[1:]


def test_masked_labels_leave_nothing_to_learn(tmp_path: Path) -> None:
    fault = faults.FaultyBatches(faults.masked_labels, after_step=AFTER)
    rows = logs_with(fault, "sft", tmp_path)
    assert [row["mean_token_accuracy"] == 0 for row in rows] == SPOILED


def test_batches_are_counted_where_gradients_are_accumulated(tmp_path: Path) -> None:
    fault = faults.FaultyBatches(faults.masked_labels, after_step=AFTER)
    rows = logs_with(fault, "sft", tmp_path, gradient_accumulation_steps=3)
    assert [row["mean_token_accuracy"] == 0 for row in rows] == SPOILED


def test_a_stuck_loader_gives_its_batch_again() -> None:
    change = faults.first_again()
    assert [change([{"id": number}]) for number in (5, 6, 7)] == [[{"id": 5}]] * 3


def test_swapping_twice_is_swapping_never() -> None:
    pair = {"prompt_ids": [1], "chosen_ids": [2], "rejected_ids": [3]}
    unpaired = {"completion_ids": [2], "label": True}
    for example in (pair, unpaired):
        (swapped,) = faults.swapped_pairs([example])
        assert swapped != example
        assert faults.swapped_pairs([swapped]) == [example]


# ---- rewards -------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["grpo", "rloo"])
def test_a_reward_that_turns_constant(tmp_path: Path, algorithm: str) -> None:
    reward = faults.FaultyReward(tiny.vowels, faults.constant(0.25), after_step=AFTER)
    rows = logs_of(algorithm, tmp_path, reward=reward)
    assert [row["reward"] == 0.25 for row in rows] == SPOILED
    assert [row["reward_std"] == 0 for row in rows] == SPOILED


def test_a_constant_reward_takes_all_contrast(tmp_path: Path) -> None:
    """Not of RLOO, whose divergence is part of the reward."""
    reward = faults.FaultyReward(tiny.vowels, faults.constant(0.25), after_step=AFTER)
    rows = logs_of("grpo", tmp_path, reward=reward)
    assert all(row["frac_reward_zero_std"] == 1.0 for row in rows[AFTER:])
    assert any(row["frac_reward_zero_std"] < 1.0 for row in rows[:AFTER])


def test_a_reward_keeps_its_name_in_the_log(tmp_path: Path) -> None:
    reward = faults.FaultyReward(tiny.vowels, faults.inverted, after_step=AFTER)
    rows = logs_of("grpo", tmp_path, reward=reward)
    assert "rewards/vowels/mean" in rows[0]


@pytest.mark.parametrize("change", [faults.missing, faults.not_a_number])
def test_rewards_that_are_no_numbers_are_logged_as_none(
    tmp_path: Path, change: Callable[..., Any]
) -> None:
    reward = faults.FaultyReward(tiny.vowels, change, after_step=AFTER)
    rows = logs_of("grpo", tmp_path, reward=reward)
    assert [row["reward"] is None for row in rows] == SPOILED


TEXTS, REWARDS = ["aaaa", "b"], [1.0, None]


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (faults.constant(0.5), [0.5, 0.5]),
        (faults.scaled(50.0), [50.0, None]),
        (faults.inverted, [-1.0, None]),
        (faults.missing, [None, None]),
        (faults.by_length, [0.4, 0.1]),
    ],
)
def test_what_becomes_of_rewards(change: Callable[..., Any], changed: list[float | None]) -> None:
    assert change(TEXTS, REWARDS) == changed


def test_noise_is_the_same_for_the_same_seed() -> None:
    first, again, other = (
        faults.noisy(1.0, seed=seed)(TEXTS * 50, [0.0, None] * 50) for seed in (1, 1, 2)
    )
    assert first == again != other
    numbers = torch.tensor([each for each in first if each is not None])
    assert (len(numbers), 0.5 < float(numbers.std()) < 1.5) == (50, True)


# ---- helpers -------------------------------------------------------------------------------


def _count_nan(model: Any) -> int:
    return sum(int(weights.isnan().sum()) for weights in model.parameters())


class _State:
    def __init__(self, global_step: int) -> None:
        self.global_step = global_step


def test_the_page_has_every_fault_and_no_other() -> None:
    page = (Path(__file__).parents[2] / "docs" / "faults.md").read_text(encoding="utf-8")
    table = "".join(line for line in page.splitlines() if line.startswith("|"))
    named = set(re.findall(r"`(\w+)(?:\([\w, ]*\))?`", table)) & set(dir(faults))
    assert named == set(faults.__all__) - {"Fault"}
