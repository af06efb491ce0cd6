"""Trackio: each finding is one of its alerts, which it can send on; answers are a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import trackio

from ptt_rules import Level
from ptt_runtime.trackers.answers import ANSWERS, Answers
from ptt_runtime.trackers.tracker import Message

_LEVELS = {
    Level.CRITICAL: trackio.AlertLevel.ERROR,
    Level.HIGH: trackio.AlertLevel.ERROR,
    Level.MEDIUM: trackio.AlertLevel.WARN,
    Level.LOW: trackio.AlertLevel.INFO,
}


class TrackioTracker:
    """The current run. Source: trackio, `alert`, `Table`, `log`

    The trainer closes it before callbacks hear of the end: it gets no summary.
    """

    def __init__(self, output_dir: Path) -> None:
        if trackio.context_vars.current_run.get() is None:
            raise RuntimeError("the trainer has no run of Trackio open")

    def tell(self, message: Message) -> None:
        trackio.alert(message.title, message.text, _LEVELS[message.level])

    def answers(self, answers: Answers) -> None:
        if trackio.context_vars.current_run.get() is None:
            raise RuntimeError("the trainer has closed its run of Trackio")
        # its table takes the names of columns from rows, and shows texts as Markdown
        table = trackio.Table(columns=[*answers.columns], data=[[*row] for row in answers.rows])
        trackio.log({**answers.metrics, ANSWERS: table, "train/global_step": answers.step})

    def end(self, summary: Mapping[str, str | int], directory: Path | None) -> None:
        """Nothing is open any more."""
