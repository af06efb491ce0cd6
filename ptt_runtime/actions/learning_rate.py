"""The learning rate, changed so that it lasts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any


class LearningRate:
    """The rates of an optimizer's groups, and the bases that its scheduler makes them of.

    A rate that is set alone is undone by the scheduler at its next step. So the bases are scaled
    by the same factor: from here on the schedule goes on as planned, at the new height. Groups
    with rates of their own keep their proportions.

    Source: torch.optim.lr_scheduler, `LambdaLR.get_lr`
    """

    def __init__(self, optimizer: Any, scheduler: Any) -> None:
        self._groups = optimizer.param_groups
        # accelerate wraps schedulers
        self._scheduler = getattr(scheduler, "scheduler", scheduler)

    def read(self) -> float:
        return float(self._groups[0]["lr"])

    def write(self, value: float) -> None:
        """Errors: ValueError where the schedule itself is at 0, which no factor changes"""
        if value < 0:
            raise ValueError(f"learning_rate would be {value:g}, and cannot be below 0")
        factor = self._factor(value)
        for group in self._groups:
            group["lr"] *= factor
        if self._bases is not None:
            self._scheduler.base_lrs = [base * factor for base in self._bases]
        # what the trainer logs as the rate of the next step
        self._scheduler._last_lr = [group["lr"] for group in self._groups]

    @property
    def _bases(self) -> Sequence[float] | None:
        """None for a scheduler that changes what is there, such as `ReduceLROnPlateau`."""
        return getattr(self._scheduler, "base_lrs", None)

    def _factor(self, value: float) -> float:
        present = self.read()
        factor = value / present if present else math.inf
        if value == present:
            return 1.0
        if not math.isfinite(factor):
            raise ValueError("the schedule is at 0 here, which no factor changes")
        return factor

    def is_at(self, rate: float) -> bool:
        """Whether the schedule is that of a base, such as the one of the training arguments."""
        bases = self._bases or [self.read()]
        return all(math.isclose(base, rate, rel_tol=1e-6) for base in bases)
