"""A stand-in for a trainer of TRL: it logs and calls back as one does, and trains nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments


class SFTTrainer:
    """Logs three steps; takes what TRL's takes, and uses the callbacks alone."""

    def __init__(self, *_: object, callbacks: Sequence[TrainerCallback]) -> None:
        self._callbacks = callbacks
        self.args = TrainingArguments(output_dir="out", report_to="none", use_cpu=True)
        self.state = TrainerState()
        self.control = TrainerControl()

    def train(self) -> None:
        self._call("on_train_begin")
        for step in range(1, 4):
            self.state.global_step = step
            self.log({"loss": 2.0 / step, "grad_norm": 1.0, "learning_rate": 1e-5})
            self._call("on_step_end")
        self._call("on_train_end")

    def log(self, logs: dict[str, Any], *_: object) -> None:
        self._call("on_log", logs=logs)

    def _call(self, event: str, **more: Any) -> None:
        for callback in self._callbacks:
            getattr(callback, event)(self.args, self.state, self.control, **more)
