"""The vocabulary knows what trainers really log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from packaging.version import Version

from ptt_rules.language.metrics import (
    TRAINERS,
    LoggedKey,
    all_keys,
    find,
    logged_by,
    nearest_key,
)
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


VERSIONS = [Version(f"0.{minor}") for minor in range(14, 30)]
VERSIONS += [Version(f"1.{minor}") for minor in range(17)]


@pytest.mark.parametrize("trainer", TRAINERS)
@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_a_key_has_one_meaning_for_each_trainer_and_version(trainer: str, version: Version) -> None:
    keys = [row.key for row in logged_by(trainer) if is_in(row, trainer, version)]
    assert len(keys) == len(set(keys))


def is_in(row: LoggedKey, trainer: str, version: Version) -> bool:
    is_gone = bool(row.until) and version >= Version(row.until)
    return version >= Version(row.since.get(trainer, "0")) and not is_gone


MEANINGS = [
    ("reward_std", "grpo", "0.26", "Mean spread of the rewards within a group"),
    ("reward_std", "grpo", "0.27", "Spread of all rewards of the batch"),
    ("completions/clipped_ratio", "rloo", "0.23", "without an end token"),
    ("completions/clipped_ratio", "grpo", "0.24", "cut off at max_completion_length"),
    ("objective/entropy", "ppo", "1.9", "less 1 for each token of padding"),
    ("objective/entropy", "ppo", "1.10", "summed over a completion."),
    ("completion_length", "grpo", "0.16", "Mean length"),
]


@pytest.mark.parametrize(("key", "trainer", "version", "about"), MEANINGS)
def test_what_a_key_means_depends_on_the_version(
    key: str, trainer: str, version: str, about: str
) -> None:
    (row,) = (
        row
        for row in find(key)
        if trainer in row.trainers and is_in(row, trainer, Version(version))
    )
    assert about in row.about


def test_each_version_is_of_a_trainer_that_logs_the_key() -> None:
    for row in all_keys():
        assert set(row.since) <= set(row.trainers)


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
