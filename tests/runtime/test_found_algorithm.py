"""What is trained, where the class of the arguments does not say it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import Seq2SeqTrainingArguments, Trainer, TrainingArguments

from ptt_rules import replay
from ptt_rules.runs import read_run, rules_of
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.algorithms import algorithm_of
from ptt_runtime.demo.trainers import make_trainer
from tests.runtime.test_plain_trainer import _Tiny

pytestmark = pytest.mark.runtime

PAIRS = {
    "rewards/chosen": 0.2,
    "rewards/rejected": -0.1,
    "rewards/margins": 0.3,
    "rewards/accuracies": 0.8,
    "logps/chosen": -40.0,
}


class Logs(Trainer):
    """A trainer of one's own, which logs what is learned from pairs."""

    more: dict[str, float] = PAIRS
    from_step = 1

    def log(self, logs: dict[str, float], *args: Any, **kwargs: Any) -> None:
        more = self.more if self.state.global_step >= self.from_step else {}
        super().log({**logs, **more}, *args, **kwargs)


def train(folder: Path, *, trainer: type[Trainer] = Logs, steps: int = 6, **options: Any) -> Path:
    rows = [{"x": float(x), "labels": 3.0} for x in range(1, 9)]
    callback = DiagnosticsCallback(run_dir=folder / "run", fail_fast=True, **options)
    made = trainer(
        model=_Tiny(),
        args=TrainingArguments(
            output_dir=str(folder / "out"),
            max_steps=steps,
            logging_steps=1,
            per_device_train_batch_size=4,
            report_to="none",
            use_cpu=True,
            disable_tqdm=True,
            save_strategy="steps",
            save_steps=3,
        ),
        train_dataset=rows,
        callbacks=[callback],
    )
    checkpoint = folder / "out" / "checkpoint-3"
    made.train(resume_from_checkpoint=str(checkpoint) if checkpoint.is_dir() else None)
    return folder / "run"


def described(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run / "run.json").read_text())
    return found


def test_the_keys_of_the_first_row_say_what_is_trained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = train(tmp_path)
    said = capsys.readouterr().err
    assert "`rewards/margins` is logged: judged as dpo from row 1" in said
    about = described(run)
    assert about["algorithm"] == "dpo"
    assert "preference" in {pack["name"] for pack in about["packs"]}
    found = read_run(run)
    assert replay(rules_of(found), run).rows == len(found.log.frame)


def test_a_later_row_has_the_rules_see_those_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Late(Logs):
        from_step = 2

    run = train(tmp_path, trainer=Late)
    assert "judged as dpo from row 2" in capsys.readouterr().err
    assert described(run)["algorithm"] == "dpo"


def test_after_the_first_rows_nothing_changes(tmp_path: Path) -> None:
    class TooLate(Logs):
        from_step = 4

    assert described(train(tmp_path, trainer=TooLate))["algorithm"] == "trainer"


def test_a_plain_trainer_stays_one(tmp_path: Path) -> None:
    assert described(train(tmp_path, trainer=Trainer))["algorithm"] == "trainer"


def test_what_the_user_says_goes_before(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = train(tmp_path, algorithm="sft")
    assert "judged as" not in capsys.readouterr().err
    assert described(run)["algorithm"] == "sft"


def test_a_resume_knows_it_from_what_was_logged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train(tmp_path)
    capsys.readouterr()
    run = train(tmp_path, steps=8)
    said = capsys.readouterr().err
    assert "judged as" not in said
    assert "PTT503" not in said
    assert described(run)["algorithm"] == "dpo"


# ---- classes -------------------------------------------------------------------------------


def _class(name: str, module: str, *bases: type) -> type:
    return type(name, bases or (object,), {"__module__": module})


GRPO = _class("GRPOConfig", "trl.trainer.grpo_config", _class("TrainingArguments", "transformers"))
ARGUMENTS = {
    "ppo": _class("PPOv2Config", "trl.trainer.ppov2_config"),
    "sft": _class("AxolotlTrainingArguments", "axolotl.core.training_args"),
    "grpo": _class(
        "AxolotlAsyncGRPOConfig",
        "axolotl.core.trainers.grpo.args",
        _class("AsyncGRPOConfig", "axolotl.core.trainers.grpo.async_trainer", GRPO),
    ),
    "async_grpo": _class("AsyncGRPOConfig", "trl.experimental.async_grpo", GRPO),
    "unknown": object,
}


@pytest.mark.parametrize("algorithm", ARGUMENTS)
def test_arguments_of_other_frameworks(algorithm: str) -> None:
    assert algorithm_of(ARGUMENTS[algorithm]()) == algorithm


def test_arguments_of_ms_swift_are_those_of_its_sft() -> None:
    swift = _class("Seq2SeqTrainingArguments", "swift.trainers.arguments")
    assert algorithm_of(swift()) == "sft"


class _Stage:
    stage, pref_loss = "dpo", "orpo"


TRAINERS = {
    "sft": _class("CustomSeq2SeqTrainer", "llamafactory.train.sft.trainer"),
    "reward": _class("PairwiseTrainer", "llamafactory.train.rm.trainer"),
    "kto": _class("CustomKTOTrainer", "llamafactory.train.kto.trainer"),
    "dpo": _class("LabTrainer", "lab", _class("DPOTrainer", "trl.trainer.dpo_trainer")),
    "orpo": type("CustomDPOTrainer", (), {"finetuning_args": _Stage()}),
}


@pytest.mark.parametrize("algorithm", TRAINERS)
def test_the_class_of_the_trainer_says_it_where_that_of_its_arguments_does_not(
    algorithm: str,
) -> None:
    args = Seq2SeqTrainingArguments.__new__(Seq2SeqTrainingArguments)
    assert algorithm_of(args, TRAINERS[algorithm]()) == algorithm
    assert algorithm_of(GRPO(), TRAINERS[algorithm]()) == "grpo"


def test_a_dpo_trainer_with_arguments_of_llama_factory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trainer = make_trainer("dpo", tmp_path / "out", steps=2)
    kind = type(trainer.args)
    trainer.args.__class__ = type(
        "TrainingArguments", (Seq2SeqTrainingArguments,), {"to_dict": kind.to_dict}
    )
    trainer.add_callback(DiagnosticsCallback(run_dir=tmp_path / "run", fail_fast=True))
    trainer.train()
    assert described(tmp_path / "run")["algorithm"] == "dpo"
    assert torch.isfinite(torch.tensor(trainer.state.log_history[0]["loss"]))
