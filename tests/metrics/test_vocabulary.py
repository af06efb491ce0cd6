"""The vocabulary knows what trainers really log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ptt_rules.language.metrics import TRAINERS, find, logged_by, nearest_key
from ptt_rules.language.types import Unit
from ptt_rules.logs.rows import POSITION_KEYS

RUNS = sorted((Path(__file__).parents[1] / "runs").glob("*-s0.jsonl"))


@pytest.mark.parametrize("path", RUNS, ids=lambda path: path.stem)
def test_every_key_of_a_real_run_is_known_of_its_trainer(path: Path) -> None:
    trainer = path.name.partition("-")[0]
    keys = {key for line in path.read_text().splitlines() for key in json.loads(line)}
    unknown = {
        key for key in keys - POSITION_KEYS if not any(trainer in row.trainers for row in find(key))
    }
    assert unknown == set()


@pytest.mark.parametrize("path", RUNS, ids=lambda path: path.stem)
def test_what_a_real_run_logs_lies_in_the_ranges(path: Path) -> None:
    trainer = path.name.partition("-")[0]
    for line in path.read_text().splitlines():
        for key, value in json.loads(line).items():
            for row in find(key):
                if trainer in row.trainers and isinstance(value, (int, float)):
                    assert row.low is None or not value < row.low, (key, value)
                    assert row.high is None or not value > row.high, (key, value)


def test_all_trainers_are_there() -> None:
    names = {"sft", "dpo", "kto", "grpo", "rloo", "reward", "orpo", "cpo", "ppo"}
    assert set(TRAINERS) == names
    assert all(len(logged_by(trainer)) > 10 for trainer in names)


def test_a_key_is_listed_once_for_each_trainer() -> None:
    for trainer in TRAINERS:
        keys = [row.key for row in logged_by(trainer)]
        assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("key", "units"),
    [
        ("rewards/format/mean", [Unit.SCORE]),
        ("rewards/{name}/std", [Unit.SCORE]),
        ("eval_rewards/accuracies", [Unit.RATIO]),
        ("eval_math_loss", [Unit.LOSS]),
        ("rewards/accuracies", [Unit.RATIO]),
        ("kl", [Unit.NATS, Unit.NATS]),
        ("rewards/format/median", []),
        ("my/own", []),
    ],
)
def test_a_key_is_found_by_name_pattern_and_prefix(key: str, units: list[Unit]) -> None:
    assert [row.unit for row in find(key)][: len(units)] == units
    assert bool(find(key)) == bool(units)


@pytest.mark.parametrize(
    ("key", "trainers", "expected"),
    [
        ("rewards/margin", ["dpo"], "rewards/margins"),
        ("eval_rewards/margin", ["dpo"], "eval_rewards/margins"),
        ("completion_length", ["grpo"], "completions/mean_length"),
        ("ppo/mean_scores", ["ppo"], "objective/scores"),
        ("kl_div", ["grpo"], "kl"),
        ("my/own", ["dpo"], None),
    ],
)
def test_the_key_that_was_meant(key: str, trainers: list[str], expected: str | None) -> None:
    assert nearest_key(key, trainers) == expected
