"""A stand-in for a trainer of TRL: it logs, saves, calls back as one does, and trains nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from transformers import (
    GenerationConfig,
    PretrainedConfig,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)


class _Speaker(torch.nn.Linear):
    """Says the same whatever it is asked."""

    config = PretrainedConfig()
    generation_config = GenerationConfig(eos_token_id=2)

    def generate(self, *, input_ids: torch.Tensor, **_: object) -> torch.Tensor:
        return torch.nn.functional.pad(input_ids, (0, 1), value=2)

    def forward(self, input_ids: torch.Tensor, **_: object) -> SimpleNamespace:
        return SimpleNamespace(logits=torch.zeros(*input_ids.shape, 128))


class _Tokenizer:
    pad_token_id = 0

    def __call__(self, text: str) -> dict[str, list[int]]:
        return {"input_ids": [ord(sign) for sign in text]}

    def decode(self, tokens: Sequence[int], **_: object) -> str:
        return "".join(map(chr, tokens))


class SFTTrainer:
    """Logs three steps; takes what TRL's takes, and uses the callbacks alone."""

    def __init__(
        self, *_: object, callbacks: Sequence[TrainerCallback], learning_rate: float = 1e-5
    ) -> None:
        self._callbacks = callbacks
        self.args = TrainingArguments(
            output_dir="out", report_to="none", use_cpu=True, learning_rate=learning_rate
        )
        self.state = TrainerState()
        self.control = TrainerControl()
        self.model = _Speaker(2, 1)

    def train(self, resume_from_checkpoint: str | None = None) -> None:
        if resume_from_checkpoint:
            folder = Path(resume_from_checkpoint)
            self.model.load_state_dict(torch.load(folder / "model.pt"))
            self.state.global_step = int(folder.name.rpartition("-")[2])
        self._call("on_train_begin")
        for step in range(self.state.global_step + 1, 4):
            self.state.global_step = step
            self.log({"loss": 2.0 / step, "grad_norm": 1.0, "learning_rate": 1e-5})
            self._call("on_step_end")
        self._save()
        self._call("on_train_end")

    def _save(self) -> None:
        folder = Path("out", f"checkpoint-{self.state.global_step}")
        folder.mkdir(parents=True, exist_ok=True)
        torch.save(self.model.state_dict(), folder / "model.pt")
        self._call("on_save")

    def log(self, logs: dict[str, Any], *_: object) -> None:
        self._call("on_log", logs=logs)

    def _call(self, event: str, **more: Any) -> None:
        more |= {"model": self.model, "processing_class": _Tokenizer()}
        for callback in self._callbacks:
            getattr(callback, event)(self.args, self.state, self.control, **more)
