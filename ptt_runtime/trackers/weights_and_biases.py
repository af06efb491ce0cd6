"""Weights & Biases: alerts, a count that can be plotted, a summary and an artifact."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import wandb

from ptt_rules import Level
from ptt_runtime.trackers.answers import ANSWERS, Answers
from ptt_runtime.trackers.tracker import Message, artifacts

_LEVELS = {Level.CRITICAL: "ERROR", Level.HIGH: "ERROR", Level.MEDIUM: "WARN", Level.LOW: "INFO"}


class WandbTracker:
    """The run that is open. Source: wandb, `Run.alert`, `Table`, `Run.log_artifact`"""

    def __init__(self, output_dir: Path) -> None:
        if wandb.run is None:
            raise RuntimeError("the trainer has no run of Weights & Biases open")
        self._run = wandb.run

    def tell(self, message: Message) -> None:
        # each finding is told once, so nothing is held back
        self._run.alert(message.title, message.text, _LEVELS[message.level], wait_duration=0)
        self._run.log({"ptt/findings": message.findings, "train/global_step": message.step})

    def answers(self, answers: Answers) -> None:
        table = wandb.Table(columns=[*answers.columns], data=[[*row] for row in answers.rows])
        row = {**answers.metrics, ANSWERS: table, "train/global_step": answers.step}
        self._run.log(row)

    def end(self, summary: Mapping[str, str | int], directory: Path | None) -> None:
        self._run.summary.update({f"ptt/{name}": value for name, value in summary.items()})
        files = artifacts(directory)
        if files:
            artifact = wandb.Artifact(f"ptt-{self._run.id}", type="ptt-run")
            for file in files:
                artifact.add_file(str(file))
            self._run.log_artifact(artifact)
