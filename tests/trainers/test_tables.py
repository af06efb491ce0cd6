"""What is written down of trainers is what they have, with the versions that are installed."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest
from transformers import TrainingArguments

from ptt_rules import shipped_packs
from ptt_rules.authoring.convert import heuristics
from ptt_rules.language import trainers
from ptt_rules.language.metrics import PLAIN, TRAINERS
from ptt_rules.language.trainers import (
    hyperparameters_of_any,
    known_arguments,
    numbers_of,
    texts_of,
)
from ptt_rules.language.trainers.arguments import _NUMBERS, _TEXTS
from ptt_rules.language.trainers.hyperparameters import HYPERPARAMETERS
from ptt_rules.observing import ALGORITHMS
from ptt_runtime.actions import hyperparameters
from ptt_runtime.demo.trainers import _RECIPES
from tests.metrics.test_page import TITLES

pytestmark = pytest.mark.runtime

ROOT = Path(__file__).parents[2]

CONFIGS = {
    "sft": "SFTConfig",
    "dpo": "DPOConfig",
    "grpo": "GRPOConfig",
    "kto": "KTOConfig",
    "reward": "RewardConfig",
    "rloo": "RLOOConfig",
}


@pytest.mark.parametrize("algorithm", [*ALGORITHMS, *PLAIN, "unknown"])
def test_the_runtime_sets_what_the_table_names(algorithm: str) -> None:
    assert tuple(hyperparameters.hyperparameters_of(algorithm)) == trainers.hyperparameters_of(
        algorithm
    )


@pytest.mark.parametrize("algorithm", CONFIGS)
def test_each_argument_of_a_trainer_is_known(algorithm: str) -> None:
    config = getattr(import_module("trl"), CONFIGS[algorithm])
    known = numbers_of([algorithm]) | texts_of([algorithm])
    assert {one.name for one in fields(config)} - known == set()
    assert {one.name for one in fields(TrainingArguments)} - known == set()


@pytest.mark.parametrize("algorithm", CONFIGS)
def test_what_holds_a_text_is_no_number(algorithm: str) -> None:
    config = getattr(import_module("trl"), CONFIGS[algorithm])
    texts = {
        one.name
        for one in fields(config)
        if not any(word in str(one.type) for word in ("int", "float", "bool"))
    }
    assert texts & numbers_of([algorithm]) == set()
    assert {"loss_type", "lr_scheduler_type"} & numbers_of() == set()


def test_habits_lead_to_what_is_there() -> None:
    assert set(trainers.ARGUMENT_HABITS.values()) <= numbers_of()
    assert not set(trainers.ARGUMENT_HABITS) & (numbers_of() | texts_of()) - {"batch_size"}
    assert set(trainers.HYPERPARAMETER_HABITS.values()) <= set(hyperparameters_of_any())
    assert not set(trainers.HYPERPARAMETER_HABITS) & set(hyperparameters_of_any())
    assert set(hyperparameters_of_any()) <= known_arguments()


def test_every_table_describes_the_same_trainers() -> None:
    described = set(TRAINERS)
    assert set(HYPERPARAMETERS) == described
    assert set(_NUMBERS) == set(_TEXTS) == described
    assert set(heuristics.TRAINERS) == described
    assert set(_RECIPES) == described
    assert described <= set(ALGORITHMS)
    assert described == set(ALGORITHMS) & set(shipped_packs())


def test_a_page_describes_every_trainer() -> None:
    readme = (ROOT / "README.md").read_text()
    packs = re.search(r"algorithm is found: `([^`]*)` ship", readme)
    assert packs is not None
    assert set(packs[1].split()) == {"common", *TRAINERS}
    page = (ROOT / "docs" / "metrics.md").read_text()
    titles = {title.lower() for title in re.findall(r"^## (.*)$", page, re.MULTILINE)}
    # the reward model's rows stand under its trainer's name
    assert {TITLES.get(name, name).lower() for name in TRAINERS} <= titles
