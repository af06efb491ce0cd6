"""Logs of other frameworks, by the names that the rules read."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from benchmarks.stacks import PAGE, page
from ptt_rules import PttError, load, loads, replay, why
from ptt_rules.cli.main import main
from ptt_rules.language.metrics import find
from ptt_rules.language.stacks import STACKS, Stack, by_name, find_stack, naming
from ptt_rules.packs import Pack

FORMATS = Path(__file__).parent / "data" / "formats"


@pytest.fixture(scope="module")
def grpo() -> Pack:
    return load("grpo", isolated=True)


# ---- the tables ----------------------------------------------------------------------------

OF_OLD_TRL = {"ppo/val/var_explained", "ppo/policy/advantages_mean"}
"""Keys of TRL before 0.12, which the vocabulary does not have."""


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_each_alias_is_a_quantity_that_a_trainer_logs(stack: Stack) -> None:
    means = {mean for alias in stack.aliases for mean in alias.means}
    assert {mean for mean in (*means, *stack.absent) if not find(mean)} <= OF_OLD_TRL
    for alias in stack.aliases:
        assert alias.over
        assert alias.source
    for own in stack.own:
        assert own.source
        loads(f"{own.declaration}\n\ndetector d {{ high when {own.name} > 1 }}\n")


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_what_is_not_the_same_quantity_is_no_alias(stack: Stack) -> None:
    aliases = {alias.key for alias in stack.aliases}
    assert not {own.key for own in stack.own} & aliases - {"kl"}


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_a_framework_is_known_by_each_of_its_marks(stack: Stack) -> None:
    for mark in stack.marks:
        for keys in (mark, {key.removeprefix("train/") for key in mark}):
            found = find_stack(keys)
            assert found is not None
            assert found.stack is stack


def test_keys_of_trl_are_of_no_other_framework() -> None:
    for path in (FORMATS / "hf5-stdout.txt", FORMATS / "trl-0.15-grpo-trainer_state.json"):
        assert replay(load("common", isolated=True), path).notes[1:] == ()


COUNTS = re.compile(r"(?<=\| )\d+(?= \|)")


def test_the_page_has_the_tables_as_they_are() -> None:
    """But for the counts of detectors, which each new rule changes."""
    text = PAGE.read_text(encoding="utf-8")
    now = COUNTS.sub("N", page(text))
    assert COUNTS.sub("N", text) == now, "run `python -m benchmarks.stacks --write`"


# ---- names ---------------------------------------------------------------------------------


def test_a_key_that_rules_read_keeps_its_name_beside() -> None:
    reads = {"reward", "critic/score/mean"}
    (one,) = naming(["critic/score/mean", "actor/lr"], by_name("verl"), reads)
    assert (one.key, one.name, one.stays) == ("critic/score/mean", "reward", True)


def test_a_name_that_is_logged_already_is_left_alone() -> None:
    keys = ["reward", "rollout/reward_mean"]
    assert [*naming(keys, by_name("openrlhf"), {"reward"})] == []


def test_words_of_a_pattern_go_over(grpo: Pack) -> None:
    keys = ["train/agg/effective/solver/rewards/format/mean"]
    (one,) = naming(keys, by_name("prime_rl"), grpo.reads)
    assert one.name == "rewards/format/mean"


def test_a_framework_that_is_not_known_is_an_error(grpo: Pack) -> None:
    with pytest.raises(PttError, match=r"PTT303 `verrl` is not a framework"):
        replay(grpo, [{"step": 1, "loss": 0.1}], stack="verrl")
    with pytest.raises(PttError, match="PTT303"):
        grpo.armed("grpo", stack="verrl")


def test_a_key_that_means_something_else_is_kept_apart() -> None:
    rows = [{"step": step, "kl": 9e9, "loss": 0.5, "rewards/chosen": 0.1} for step in range(1, 60)]
    kto = load("kto", isolated=True)
    (one,) = naming(["kl"], by_name("llamafactory"), kto.reads)
    assert (one.name, one.stays, one.is_apart) == ("kl_summed", False, True)
    as_trl = [event.who for event in replay(kto, rows).events]
    as_its_own = replay(kto, rows, stack="llamafactory")
    assert "kl" not in as_its_own.frame.columns
    assert [e.who for e in as_its_own.events] == [who for who in as_trl if ".kl_" not in who]
    armed = kto.armed("kto", stack="llamafactory").armed
    assert not {"kto.kl_runaway", "kto.kl_stuck_at_zero"} & {*armed}
    assert {"kto.kl_runaway", "kto.kl_stuck_at_zero"} <= {*kto.armed("kto").armed}


SAMPLES: dict[str, tuple[str, str, dict[str, list[float]]]] = {
    "verl-file.jsonl": ("grpo", "verl", {"grad_norm": [0.32], "reward": [0.23], "entropy": [0.6]}),
    "verl-console.txt": ("grpo", "verl", {"kl": [0.0008], "completions/mean_length": [315.5]}),
    "verl-sft-file.jsonl": (
        "sft",
        "verl",
        {"loss": [1.84, 1.78], "num_tokens": [65536.0], "learning_rate": [2e-5]},
    ),
    "prime-rl-metrics.jsonl": (
        "grpo",
        "prime-rl",
        {"reward": [0.29], "frac_reward_zero_std": [0.375], "entropy": [0.306]},
    ),
    "skyrl-console.txt": ("grpo", "SkyRL", {"reward": [0.32], "kl": [0.0004]}),
    "openrlhf-tensorboard": ("grpo", "OpenRLHF", {"kl": [0.0012]}),
    "nemo-rl-tensorboard": ("grpo", "NeMo-RL", {"completions/clipped_ratio": [0.05]}),
    "slime-tensorboard": ("grpo", "slime", {"reward": [0.2], "entropy": [0.44]}),
    "llama-factory-orpo-trainer_state.json": ("orpo", "LLaMA-Factory", {"nll_loss": [1.43]}),
    "ms-swift-logging.jsonl": ("sft", "ms-swift", {"mean_token_accuracy": [0.62, 0.63]}),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_judged_by_the_names_of_the_rules(name: str) -> None:
    pack, title, values = SAMPLES[name]
    if "tensorboard" in name:
        pytest.importorskip("tensorboard", reason="the extra `trackers` is not installed")
    judged = replay(load(pack, isolated=True), FORMATS / name)
    assert judged.notes[-1].startswith(f"{title} (`")
    for key, expected in values.items():
        logged = judged.frame[key].drop_nulls().to_list()
        assert logged[: len(expected)] == pytest.approx(expected, rel=1e-5)


def test_the_odds_term_of_llama_factory_has_the_other_sign() -> None:
    judged = replay(load("orpo"), FORMATS / "llama-factory-orpo-trainer_state.json")
    assert judged.frame["log_odds_ratio"][-1] == pytest.approx(-0.56)


def test_a_learning_rate_that_a_console_cuts_off_is_unknown(grpo: Pack) -> None:
    judged = replay(grpo, FORMATS / "skyrl-console.txt")
    assert judged.frame.get_column("learning_rate", default=pl.Series([None])).null_count() >= 1
    assert "common.learning_rate_zero" not in {event.detector for event in judged.events}


def test_trl_leaves_keys_as_they_are(grpo: Pack) -> None:
    judged = replay(grpo, FORMATS / "verl-file.jsonl", stack="trl")
    assert "actor/grad_norm" in judged.frame.columns
    assert judged.notes == ("TRL (as you say): the keys of TRL",)


def test_why_and_columns_read_the_same_names(grpo: Pack) -> None:
    path = FORMATS / "verl-file.jsonl"
    assert grpo.columns(path, ["grad_norm"])["grad_norm"].drop_nulls()[0] == 0.32
    assert why(grpo, path, "common.gradient_not_finite").step == 10


def test_what_a_logger_drops_is_judged(grpo: Pack) -> None:
    judged = replay(grpo, FORMATS / "prime-rl-metrics.jsonl")
    fired = [e for e in judged.events if e.detector == "common.gradient_not_finite"]
    assert fired[0].step == 7
    assert math.isnan(judged.frame["grad_norm"][-1])


def test_a_step_that_the_trainer_has_not_finished_lacks_nothing(grpo: Pack) -> None:
    rows = [
        {"step": 1, "loss/mean": 0.1, "optim/lr": 1e-6, "time/forward_backward": 2.0},
        {"step": 2, "off_policy/mean": 1.0},
    ]
    assert replay(grpo, rows).frame["loss"].to_list() == [0.1, None]


# ---- runs ----------------------------------------------------------------------------------


def verl_rows(*, faulty: bool) -> Iterator[dict[str, Any]]:
    for step, entropy, kl, reward, noise in _run(faulty=faulty):
        yield {
            "step": step,
            "actor/pg_loss": noise(0, 0.01),
            "actor/loss": noise(0, 0.01),
            "actor/entropy": entropy,
            "actor/kl_loss": kl,
            "actor/ppo_kl": noise(0, 0.001),
            "actor/pg_clipfrac": 0.01,
            "actor/grad_norm": noise(0.4, 0.05),
            "actor/lr": 1e-6,
            "critic/score/mean": reward,
            "response_length/mean": noise(400, 20),
            "response_length/clip_ratio": 0.02,
            "perf/time_per_step": noise(60, 2),
        }


def prime_rows(*, faulty: bool) -> Iterator[dict[str, Any]]:
    for step, entropy, kl, reward, noise in _run(faulty=faulty):
        yield {
            "step": step,
            "loss/mean": noise(0, 0.01),
            "optim/grad_norm": noise(0.05, 0.005),
            "optim/lr": 1e-6,
            "entropy/all/mean": entropy,
            "mismatch_kl/all/mean": kl,
            "train/agg/effective/agent/reward/mean": reward,
            "time/forward_backward": 12.0,
        }


def _run(*, faulty: bool) -> Iterator[tuple[int, float, float, float, Any]]:
    drawn = random.Random(4)

    def noise(middle: float, spread: float) -> float:
        return drawn.gauss(middle, spread)

    for step in range(1, 121):
        late = faulty and step > 60
        entropy = 0.001 if late else noise(0.3, 0.01)
        kl = 0.4 if late else 0.001 + noise(0.0005, 0.00005)
        reward = noise(0.4, 0.02) if faulty else noise(0.3 + step / 400, 0.02)
        yield step, entropy, kl, reward, noise


@pytest.mark.parametrize("rows", [verl_rows, prime_rows])
def test_a_policy_that_stops_exploring_is_found(rows: Any, grpo: Pack) -> None:
    judged = replay(grpo, [*rows(faulty=True)])
    first = next(e for e in judged.events if e.detector == "policy_gradient.entropy_collapse")
    assert 61 <= first.step <= 72
    healthy = replay(grpo, [*rows(faulty=False)])
    assert [e for e in healthy.events if e.is_visible] == []


def test_a_kl_that_jumps_is_found_in_a_log_of_verl(grpo: Pack) -> None:
    judged = replay(grpo, [*verl_rows(faulty=True)])
    assert any(e.detector.startswith("grpo.kl_") for e in judged.events)


def test_without_a_pack_the_keys_say_which(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(FORMATS / "verl-file.jsonl"), "--isolated"]) == 0
    said = capsys.readouterr()
    assert "`actor/pg_loss` is logged: judged as grpo" in said.err
    assert "detectors of grpo" in said.out
    assert main(["replay", str(FORMATS / "torchtune.jsonl"), "--isolated"]) == 2
    assert "PTT301" in capsys.readouterr().err


# ---- what can be judged --------------------------------------------------------------------

LEAST = {"verl": 30, "prime_rl": 33, "openrlhf": 38, "nemo_rl": 36, "slime": 30, "skyrl": 26}


@pytest.mark.parametrize("name", LEAST)
def test_what_a_framework_logs_arms_the_rules(name: str, grpo: Pack) -> None:
    armed = grpo.armed("grpo", stack=name)
    assert len(armed.armed) >= LEAST[name]
    title = by_name(name).title
    for unfed in armed.not_armed:
        assert title in unfed.reason or "is not recorded" in unfed.reason


def test_what_has_no_spread_of_rewards_says_so(grpo: Pack) -> None:
    (reason,) = (
        one.reason
        for one in grpo.armed("grpo", stack="verl").not_armed
        if "grpo.reward_hacking" in one.detectors
    )
    assert reason == "which verl does not log: the spread of rewards is not logged"


def test_a_framework_on_trl_has_what_trl_logs(grpo: Pack) -> None:
    assert set(grpo.armed("grpo", stack="ms_swift").armed) >= set(grpo.armed("grpo").armed)
