"""MLflow: tags, a metric and artifacts, by the id of the run, which the trainer ends early."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path

import mlflow

from ptt_runtime.trackers.answers import Answers
from ptt_runtime.trackers.tracker import Message, artifacts

_TAG_CHARACTERS = 5000
"""MLflow refuses longer values of tags."""
_UNNAMEABLE = re.compile(r"[^/\w.\- :]")
"""Characters that it takes in no name of a metric; labels of prompts may have them."""


def _named(metric: str) -> str:
    """A store of files has no place for `refusal_rate` beside `refusal_rate/harmful`."""
    prefix, slash, name = _UNNAMEABLE.sub("_", metric).partition("/")
    return f"{prefix}{slash}{name.replace('/', '.')}"


class MlflowTracker:
    """The active run. Source: mlflow, `MlflowClient`"""

    def __init__(self, output_dir: Path) -> None:
        active = mlflow.active_run()
        if active is None:
            raise RuntimeError("the trainer has no run of MLflow open")
        self._run_id = active.info.run_id
        self._client = mlflow.MlflowClient()

    def tell(self, message: Message) -> None:
        name = f"ptt.{message.number:03}"
        text = f"{message.title}\n{message.text}"[:_TAG_CHARACTERS]
        self._client.set_tag(self._run_id, name, text)
        self._client.log_metric(self._run_id, "ptt/findings", message.findings, step=message.step)

    def answers(self, answers: Answers) -> None:
        now = int(time.time() * 1000)
        metrics = [
            mlflow.entities.Metric(_named(name), value, now, answers.step)
            for name, value in answers.metrics.items()
        ]
        self._client.log_batch(self._run_id, metrics)
        place = f"ptt/snapshots/step-{answers.step:08}.md"
        self._client.log_text(self._run_id, answers.in_markdown, place)

    def end(self, summary: Mapping[str, str | int], directory: Path | None) -> None:
        for name, value in summary.items():
            self._client.set_tag(self._run_id, f"ptt.{name}", str(value)[:_TAG_CHARACTERS])
        for file in artifacts(directory):
            self._client.log_artifact(self._run_id, str(file), "ptt")
