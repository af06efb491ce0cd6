"""A trainer that trains nothing: it calls a callback as transformers does, in no time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from transformers import TrainerControl, TrainerState, TrainingArguments

from ptt_runtime import DiagnosticsCallback

RULES = """
metric loss: loss = "loss"
detector thirds {
  let n = count(loss[all])
  high when n == 3 or n == 6 or n == 9 or n == 12
  low when mean(loss[first 2]) > 0 and max(loss[4]) > 4
  message "{n} rows"
}
"""


class Driver:
    """The events of a training in their order, with the loop variables that a trainer has."""

    def __init__(self, callback: DiagnosticsCallback, folder: Path, *, steps: int = 12) -> None:
        self.callback = callback
        self.args = TrainingArguments(output_dir=str(folder), report_to=[], max_steps=steps)
        self.state = TrainerState(max_steps=steps)
        self.control = TrainerControl()

    def train(
        self, rows: Mapping[int, Mapping[Any, Any]] | None = None, *, save_every: int = 4,
        resume_from_checkpoint: str | None = None, until: int | None = None,
    ) -> Driver:  # fmt: skip
        """`until` is the step after which it dies without a word."""
        if resume_from_checkpoint is not None:
            path = Path(resume_from_checkpoint) / "trainer_state.json"
            self.state = TrainerState.load_from_json(str(path))
        self.call("train_begin")
        for step in range(self.state.global_step + 1, self.args.max_steps + 1):
            self.step(step, (rows or {}).get(step, {}))
            if step % save_every == 0:
                self.save()
            if step == until:
                return self
        self.call("train_end")
        return self

    def step(self, step: int, row: Mapping[Any, Any]) -> None:
        self.call("step_begin")
        self.state.global_step = step
        self.call("step_end")
        logs = {"loss": float(step % 5), **row}
        self.state.log_history.append({"loss": logs["loss"], "step": step})
        self.call("log", logs=logs)

    def save(self) -> None:
        folder = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}"
        folder.mkdir(parents=True, exist_ok=True)
        self.state.save_to_json(str(folder / "trainer_state.json"))
        self.call("save")

    def call(self, event: str, **given: Any) -> None:
        getattr(self.callback, f"on_{event}")(self.args, self.state, self.control, **given)


def die(callbacks: Iterable[DiagnosticsCallback]) -> None:
    """Has callbacks forget their runs, as a kill does."""
    for callback in callbacks:
        callback._lives.endings.stop()
        callback._lives.run = None
