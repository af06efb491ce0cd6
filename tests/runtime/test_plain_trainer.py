"""A trainer of transformers itself: called what it is, judged by the rules of every training."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import Trainer, TrainingArguments

from ptt_rules import load
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.algorithms import algorithm_of
from tests.runtime.conftest import json_lines

pytestmark = pytest.mark.runtime


class _Tiny(torch.nn.Module):
    """One weight; without labels that count it has a loss and no gradient."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.tensor(1.0))

    def forward(self, x: torch.Tensor, labels: torch.Tensor) -> Mapping[str, torch.Tensor]:
        counts = (labels != -100).float()
        return {"loss": ((self.weight * x - labels) ** 2 * counts).mean()}


def train(folder: Path, label: float, **options: Any) -> None:
    rows = [{"x": float(x), "labels": label} for x in range(1, 9)]
    callback = DiagnosticsCallback(run_dir=folder / "run", fail_fast=True)
    trainer = Trainer(
        model=_Tiny(),
        args=TrainingArguments(
            output_dir=str(folder / "out"),
            max_steps=12,
            logging_steps=1,
            per_device_train_batch_size=4,
            learning_rate=1e-3,
            report_to="none",
            use_cpu=True,
            disable_tqdm=True,
            save_strategy="no",
            **options,
        ),
        train_dataset=rows,
        eval_dataset=rows,
        callbacks=[callback],
    )
    trainer.train()


def test_it_is_called_what_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train(tmp_path, 3.0, eval_strategy="steps", eval_steps=4)
    told = capsys.readouterr().err
    assert "UNKNOWN" not in told
    assert "unknown`" not in told
    assert "TRL 1" not in told
    assert "surprise" not in told
    run = json.loads((tmp_path / "run" / "run.json").read_text())
    assert run["algorithm"] == "trainer"
    assert [pack["name"] for pack in run["packs"]] == ["common"]


def test_masked_labels_are_named_and_logs_are_counted_as_they_are(tmp_path: Path) -> None:
    train(tmp_path, -100.0)
    events = json_lines(tmp_path / "run" / "events.jsonl")
    (fired,) = [
        one
        for one in events
        if one.get("detector") == "common.gradient_exactly_zero" and one["event"] == "fired"
    ]
    assert "in 10 of the last 10 logs" in fired["message"]
    rule = load("common").detector("common.gradient_exactly_zero")
    assert rule is not None
    assert "every label is masked" in rule.why
    assert not {"advantages", "pairs"} & {*rule.why.split(), *rule.remedy.split()}


class _OfSentences(TrainingArguments): ...


_OfSentences.__name__ = "SentenceTransformerTrainingArguments"


class _NewConfig(TrainingArguments): ...


_NewConfig.__name__, _NewConfig.__module__ = "GOLDConfig", "trl.experimental.gold"


@pytest.mark.parametrize(
    ("made", "algorithm"),
    [
        (TrainingArguments, "trainer"),
        (_OfSentences, "sentence_transformer"),
        (_NewConfig, "gold"),
        (object, "unknown"),
    ],
)
def test_an_algorithm_is_told_from_the_arguments(made: type[Any], algorithm: str) -> None:
    assert algorithm_of(made.__new__(made)) == algorithm
