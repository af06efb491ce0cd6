"""Trainings set up as LLaMA-Factory and Axolotl set up theirs: the right rules, and what they set.

Source: LLaMA-Factory, `train/dpo/trainer.py`, `hparams/training_args.py`; axolotl,
`core/trainers/dpo/{args,trainer}.py`, `core/training_args.py`
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from transformers import Seq2SeqTrainingArguments

from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo import trainers
from ptt_runtime.demo.trainers import make_trainer, trainer_classes

pytestmark = pytest.mark.runtime

FOUR_TIMES = """
metric seen: none = "grad_norm"
detector late { high when count(seen[all]) >= 2 keep 1000 }
policy p { on late { set beta = beta * 4 } }
"""
Make = Callable[[Path, pytest.MonkeyPatch], Any]


def llama_factory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """One class of arguments for all that it trains; the stage stands at the trainer."""
    config, trainer = trainer_classes("dpo")

    class CustomDPOTrainer(trainer):  # type: ignore[misc, valid-type]
        finetuning_args = SimpleNamespace(stage="dpo", pref_loss="sigmoid", pref_beta=0.1)

    class TrainingArguments(Seq2SeqTrainingArguments):
        """It has no `beta`, which stands at the trainer."""

    CustomDPOTrainer.__module__ = "llamafactory.train.dpo.trainer"
    TrainingArguments.__module__ = "llamafactory.hparams.training_args"
    monkeypatch.setattr(trainers, "trainer_classes", lambda _: (config, CustomDPOTrainer))
    made = make_trainer("dpo", folder, steps=3)
    made.args.__class__ = TrainingArguments
    del made.args.beta
    return made


def axolotl(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Arguments and trainers of its own over those of TRL, with mixins before and after."""
    config, trainer = trainer_classes("dpo")

    @dataclass
    class AxolotlTrainingMixins:
        sample_packing: bool = False

    @dataclass
    class AxolotlDPOConfig(AxolotlTrainingMixins, config):  # type: ignore[misc, valid-type]
        pass

    class RngLoaderMixin:
        pass

    class DistributedParallelMixin:
        pass

    class AxolotlDPOTrainer(  # type: ignore[misc]
        RngLoaderMixin,
        trainer,  # type: ignore[valid-type]
        DistributedParallelMixin,
    ):
        tag_names = ("axolotl", "dpo")

    both = AxolotlDPOConfig, AxolotlDPOTrainer
    monkeypatch.setattr(trainers, "trainer_classes", lambda _: both)
    return make_trainer("dpo", folder, steps=3)


SHAPES: dict[str, Make] = {"llama_factory": llama_factory, "axolotl": axolotl}


@pytest.mark.parametrize("shape", SHAPES)
def test_dpo_of_a_framework_has_the_rules_and_the_hyper_parameters_of_dpo(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = tmp_path / "four.ptt"
    rules.write_text(FOUR_TIMES)
    rewards = {}
    for name, policy in (("plain", None), ("set", "p")):
        with monkeypatch.context() as patch:
            trainer = SHAPES[shape](tmp_path / name, patch)
        callback = DiagnosticsCallback(
            run_dir=tmp_path / name / "run", packs=["dpo", rules], policy=policy, fail_fast=True
        )
        callback.attach(trainer)
        trainer.train()
        rewards[name] = [row.get("rewards/chosen") for row in trainer.state.log_history]
        assert trainer.beta == 0.1  # once the training is over
    assert rewards["set"][1] == rewards["plain"][1]
    assert rewards["set"][2] == pytest.approx(4 * rewards["plain"][2], rel=1e-4)
    about = json.loads((tmp_path / "set" / "run" / "run.json").read_text())
    assert about["algorithm"] == "dpo"
    assert {pack["name"] for pack in about["packs"]} >= {"common", "preference", "dpo"}
    assert "preference.margin_jump" in about["detectors"]["armed"]


@pytest.mark.parametrize("shape", SHAPES)
def test_its_rules_are_those_of_dpo_without_a_word_of_the_user(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = SHAPES[shape](tmp_path, monkeypatch)
    DiagnosticsCallback(run_dir=tmp_path / "run", fail_fast=True).attach(trainer)
    trainer.train()
    about = json.loads((tmp_path / "run" / "run.json").read_text())
    assert [pack["name"] for pack in about["packs"]] == ["common", "preference", "dpo"]
