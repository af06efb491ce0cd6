"""Measurements of every rank, gathered every few steps into one row of the frame."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn.utils import get_total_norm

from ptt_rules import Action, Event
from ptt_rules.observing import Metrics, Part, RunView
from ptt_runtime.rank_metrics.clock import StepClock
from ptt_runtime.rank_metrics.memory import memory_of
from ptt_runtime.rank_metrics.quantities import Quantity, Report, Rows, numbers_of, report_of
from ptt_runtime.training import training_of

EVERY_STEPS = 10
_SHARDED_BY = ("ACCELERATE_USE_FSDP", "ACCELERATE_USE_DEEPSPEED")
"""What the trainer and `accelerate launch` set where a rank holds only a part of each gradient."""


class RankMetrics(Part):
    """Step time and where it goes, memory, loss and gradient of each rank.

    A rank that cannot measure reports nothing, and takes part all the same: what the ranks exchange
    depends on the step alone.

    Cost: every `every` steps one message of a rank to the first, of 8 bytes for each quantity
    """

    def __init__(self, every: int = EVERY_STEPS) -> None:
        self._every = every
        self._clock: StepClock | None = None
        self._device = torch.device("cpu")
        self._rows = Rows()
        self._norm: float | None = None
        self._steps = 0

    def is_due(self, step: int) -> bool:
        return step % self._every == 0

    def start(self, run: RunView) -> None:
        model = training_of(run).model
        if run.ranks.are_together and run.ranks.world_size > 1 and model is not None:
            self._device = next(model.parameters()).device
            self._clock = StepClock(model, self._device)

    def step_begin(self, run: RunView) -> None:
        if self._clock is not None:
            self._clock.step_begins()

    def before_update(self, run: RunView) -> None:
        if self._clock is None:
            return
        self._clock.gradients_are_there()
        self._norm = None
        if self.is_due(run.step + 1):
            self._norm = _norm(training_of(run).model)

    def step_end(self, run: RunView) -> Metrics | None:
        is_due = self.is_due(run.step)
        report: Report = {}
        with run.contain("PTT502", "this rank could not be measured"):
            report = self._measured(is_due)
        if run.ranks.world_size == 1 or not run.ranks.are_together or not is_due:
            return None
        reports = run.ranks.at_first(numbers_of(report))
        return self._rows.row([report_of(one) for one in reports]) if reports else None

    def told(self, run: RunView, events: Sequence[Event], actions: Sequence[Action]) -> None:
        if self._clock is not None:
            self._clock.goes_on()

    def saved(self, run: RunView, checkpoint: Path) -> None:
        if self._clock is not None:
            self._clock.goes_on()

    def end(self, run: RunView) -> None:
        if self._clock is not None:
            self._clock.close()
            self._clock = None

    def _measured(self, is_due: bool) -> Report:
        if self._clock is None:
            return {}
        self._clock.step_ends()
        self._steps += 1
        if self._steps == 1:
            self._clock.forget()
        if not is_due:
            return {}
        found = {**self._clock.take(), **memory_of(self._device)}
        if self._norm is not None:
            found[Quantity.GRAD_NORM] = self._norm
        return found


def _norm(model: Any) -> float | None:
    """Norm of the whole gradient as this rank has it; None where it holds only a part of it."""
    if any(os.environ.get(name) == "true" for name in _SHARDED_BY):
        return None
    gradients = [one.grad for one in model.parameters() if one.grad is not None]
    if not gradients or any(hasattr(one, "device_mesh") for one in gradients):
        return None
    return float(get_total_norm(gradients))
