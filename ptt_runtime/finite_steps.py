"""Drops a step whose gradients are not finite, on all ranks alike.

One poisoned batch is enough: clipping divides by a norm that is NaN, the update makes every weight
NaN, and the run is dead while its loss is logged as 0. A step without gradients is none: the
optimizer passes over parameters that have none, its moments and its count of steps stay as they
are, and weights do not decay. What had been accumulated for the step is dropped with it; the
schedule of the learning rate goes on.

Cost: a norm, on the CPU a sum, of each gradient and one number from the device at each step; with
      several ranks one exchange of a number
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from ptt_rules import PttError
from ptt_rules.border import agreeing, plural
from ptt_rules.observing import Metrics, Part, RunView
from ptt_rules.runs import write_whole
from ptt_runtime.distributed import are_finite, local_part
from ptt_runtime.training import training_of

SKIPPED_STEPS = "ptt/skipped_steps"
"""The metric: how many steps were dropped so far."""
CHECKPOINT_COUNT = "ptt_skipped_steps.txt"


class FiniteSteps(Part):
    def __init__(self) -> None:
        self.skipped = 0
        self._is_new = True
        """Whether the count has changed since it was last logged, or was never logged."""

    def check(self, run: RunView) -> None:
        """Refuses trainings in which callbacks cannot keep an update from happening."""
        training = training_of(run)
        if training.algorithm == "ppo":
            raise _refused("PPOTrainer does not notify callbacks before an update", "leave it out")
        if getattr(training.args, "deepspeed", None):
            why = "DeepSpeed keeps the gradients to itself"
            raise _refused(why, "leave it out: with fp16 DeepSpeed drops such steps itself")
        if getattr(training.args, "fp16", False):
            why = "with `fp16` the gradient scaler of the trainer drops such steps itself"
            raise _refused(why, "leave it out, or train with `bf16`")

    def start(self, run: RunView) -> None:
        """After a resume the count goes on."""
        past = run.training.past
        saved = past.checkpoint / CHECKPOINT_COUNT if past and past.checkpoint else None
        count = int(saved.read_text()) if saved is not None and saved.is_file() else 0
        self.skipped = run.ranks.of_first(count)

    def saved(self, run: RunView, checkpoint: Path) -> None:
        if run.ranks.is_first and self.skipped and checkpoint.is_dir():
            write_whole(checkpoint / CHECKPOINT_COUNT, str(self.skipped))

    def before_update(self, run: RunView) -> None:
        groups = training_of(run).optimizer.param_groups
        parameters = [one for group in groups for one in group["params"] if one.grad is not None]
        if run.ranks.any(not are_finite(_local_gradients(parameters))):
            for parameter in parameters:
                parameter.grad = None
            self.skipped += 1
            self._is_new = True
            self._report(run)

    def _report(self, run: RunView) -> None:
        """A step that was dropped; said at first, and then each time that their number doubles."""
        step, count = run.step + 1, self.skipped
        run.note({"event": "skipped_step", "step": step, "skipped": count})
        if count & (count - 1) == 0:
            so_far = agreeing(count, "", f" ({count} steps so far)")
            run.warn(f"step {step} dropped: its gradients are not finite{so_far}")

    def step_end(self, run: RunView) -> Metrics | None:
        """The count, at the first step and at those that were dropped."""
        if not self._is_new:
            return None
        self._is_new = False
        return {SKIPPED_STEPS: self.skipped}

    def end(self, run: RunView) -> None:
        if self.skipped:
            steps = f"{plural(self.skipped, 'step')} {agreeing(self.skipped, 'was', 'were')}"
            run.warn(f"{steps} dropped in all: gradients were not finite")


def _refused(why: str, hint: str) -> PttError:
    return PttError.of("PTT506", f"`skip_nonfinite_steps=True`, and {why}", hint=hint)


def _local_gradients(parameters: list[Any]) -> Iterator[torch.Tensor]:
    for parameter in parameters:
        gradient = local_part(parameter.grad)
        if gradient.is_sparse:
            gradient = gradient.coalesce().values()
        if gradient.numel():
            yield gradient
