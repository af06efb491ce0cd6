"""MLflow: tags, a metric and artifacts, by the id of the run, which the trainer ends early."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import mlflow

from ptt_runtime.trackers.tracker import Message, artifacts

_TAG_CHARACTERS = 5000
"""MLflow refuses longer values of tags."""


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

    def end(self, summary: Mapping[str, str | int], directory: Path | None) -> None:
        for name, value in summary.items():
            self._client.set_tag(self._run_id, f"ptt.{name}", str(value)[:_TAG_CHARACTERS])
        for file in artifacts(directory):
            self._client.log_artifact(self._run_id, str(file), "ptt")
