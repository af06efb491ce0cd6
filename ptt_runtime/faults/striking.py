"""When a fault strikes: once, after a step of the training."""

from __future__ import annotations

from typing import Any

from transformers import TrainerCallback


class Fault(TrainerCallback):
    """Strikes once, before the first step after `after_step`; subclasses say in `strike` how.

    Errors: ValueError if `after_step` is negative
    """

    def __init__(self, *, after_step: int) -> None:
        if after_step < 0:
            raise ValueError(
                f"after_step is {after_step}: give 0 or more steps to leave as they are"
            )
        self.after_step = after_step
        self._has_struck = False
        self._steps_are_announced = False

    def strike(self, parts: dict[str, Any]) -> None:
        """Breaks what a trainer hands to callbacks: model, optimizer, lr_scheduler, ..."""
        raise NotImplementedError

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._steps_are_announced = True
        self._strike_once(state, kwargs)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        # PPOTrainer announces no beginnings
        if not self._steps_are_announced:
            self._strike_once(state, kwargs)

    def _strike_once(self, state: Any, parts: dict[str, Any]) -> None:
        if not self._has_struck and state.global_step >= self.after_step:
            self._has_struck = True
            self.strike(parts)
