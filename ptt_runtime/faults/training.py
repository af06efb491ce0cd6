"""Faults of the loop: gradients, learning rate, speed."""

from __future__ import annotations

import time
from typing import Any

import torch

from ptt_runtime.faults.striking import Fault


class ScaledGradients(Fault):
    """Gradients are multiplied before they are clipped and measured; 0 takes them away."""

    def __init__(self, *, after_step: int, factor: float) -> None:
        super().__init__(after_step=after_step)
        self._factor = factor

    def strike(self, parts: dict[str, Any]) -> None:
        for weights in parts["model"].parameters():
            if weights.requires_grad:
                weights.register_hook(self._scaled)

    def _scaled(self, gradient: torch.Tensor) -> torch.Tensor:
        return gradient * self._factor


class ScaledLearningRate(Fault):
    """The learning rate is multiplied, of this step and of the schedule that follows."""

    def __init__(self, *, after_step: int, factor: float) -> None:
        super().__init__(after_step=after_step)
        self._factor = factor

    def strike(self, parts: dict[str, Any]) -> None:
        for group in parts["optimizer"].param_groups:
            group["lr"] *= self._factor
        # else the scheduler undoes it at the next step
        schedule = getattr(parts["lr_scheduler"], "scheduler", parts["lr_scheduler"])
        schedule.base_lrs = [rate * self._factor for rate in schedule.base_lrs]
        # what trainers log until the next step
        schedule._last_lr = [group["lr"] for group in parts["optimizer"].param_groups]


class SlowSteps(Fault):
    """Every step takes `seconds` longer, as with a dying disk or a slow neighbour."""

    def __init__(self, *, after_step: int, seconds: float) -> None:
        super().__init__(after_step=after_step)
        self._seconds = seconds
        self._is_slow = False

    def strike(self, parts: dict[str, Any]) -> None:
        self._is_slow = True

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self._is_slow:
            time.sleep(self._seconds)
        super().on_step_end(args, state, control, **kwargs)
