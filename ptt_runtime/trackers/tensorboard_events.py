"""TensorBoard: findings as texts and as a count, in a run of its own beside the trainer's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

from ptt_runtime.trackers.answers import ANSWERS, Answers
from ptt_runtime.trackers.tracker import Message


class TensorBoardTracker:
    """Event files in `ptt/` under the trainer's folder of logs.

    Source: torch.utils.tensorboard; transformers, `TensorBoardCallback`
    """

    def __init__(self, output_dir: Path) -> None:
        logs = os.getenv("TENSORBOARD_LOGGING_DIR") or str(output_dir / "runs")
        self._writer = SummaryWriter(str(Path(logs).expanduser() / "ptt"))

    def tell(self, message: Message) -> None:
        place = f"ptt/{message.level.word}"
        self._writer.add_text(place, message.text_in_markdown, message.step)
        self._writer.add_scalar("ptt/findings", message.findings, message.step)
        self._writer.flush()

    def answers(self, answers: Answers) -> None:
        for name, value in answers.metrics.items():
            self._writer.add_scalar(name, value, answers.step)
        self._writer.add_text(ANSWERS, answers.in_markdown, answers.step)
        self._writer.flush()

    def end(self, summary: Mapping[str, str | int], directory: Path | None) -> None:
        lines = [f"- {name}: {value}" for name, value in summary.items()]
        self._writer.add_text("ptt/summary", "\n".join(lines))
        self._writer.close()
