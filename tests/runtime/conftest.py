"""Tiny trainings for the tests of the callback."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from transformers import PrinterCallback

from ptt_runtime import DiagnosticsCallback, TrainingStopped
from ptt_runtime.demo.trainers import make_trainer

STOP_AT_THREE = """
metric gradient: norm = "grad_norm"
metric entropy: nats = "policy/entropy_avg"

detector third_row { critical when count(gradient[all]) >= 3 message "row three, step {step}" }
detector third_update { critical when count(entropy[all]) >= 3 message "update three" }
"""


@pytest.fixture
def rule(tmp_path: Path) -> Path:
    """A pack that is critical from the third training row on, with any trainer."""
    path = tmp_path / "third.ptt"
    path.write_text(STOP_AT_THREE)
    return path


@pytest.fixture
def train(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Trains a tiny model with the callback; returns the trainer."""

    def run(
        algorithm: str, callback: DiagnosticsCallback, *, resume: str | None = None, **options: Any
    ) -> Any:
        folder = options.pop("folder", tmp_path / "out")
        request.addfinalizer(callback._finish)
        callbacks = [*options.pop("callbacks", []), callback]
        trainer = make_trainer(algorithm, folder, callbacks=callbacks, **options)
        trainer.remove_callback(PrinterCallback)
        # PPOTrainer collects garbage several times a step: of what is new, and not of all modules
        gc.collect()
        gc.freeze()
        try:
            trainer.train(resume_from_checkpoint=resume) if resume else trainer.train()
        except TrainingStopped:
            assert algorithm == "ppo"
        return trainer

    return run


def unwrapped(text: str) -> str:
    """What the console printed, each line whole again."""
    return re.sub(r"\n {5,}", " ", text)


def json_lines(path: Path) -> list[dict[str, Any]]:
    """Objects of a file, one a line; strict JSON."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    lines = path.read_bytes().splitlines()
    return [json.loads(line, parse_constant=refuse) for line in lines]
