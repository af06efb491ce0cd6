"""Faults to inject into a training, at a step that is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers import TrainerCallback

from ptt_runtime.demo.tiny import Reward


class TurnsConstant:
    """A reward function that gives the same reward to everything after a step.

    All completions of a group then score alike: advantages are zero, nothing is learned.
    """

    def __init__(self, reward: Reward, *, after_step: int, value: float = 1.0) -> None:
        self.__name__ = getattr(reward, "__name__", "reward")
        self._reward = reward
        self._after_step = after_step
        self._value = value

    def __call__(
        self, *, completions: Sequence[str], trainer_state: Any, **columns: Any
    ) -> Sequence[float | None]:
        if trainer_state.global_step >= self._after_step:
            return [self._value] * len(completions)
        return self._reward(completions=completions, trainer_state=trainer_state, **columns)


class PoisonedWeight(TrainerCallback):
    """Sets one weight of the model to NaN after a step, as a corrupt batch or kernel would.

    It is one of a normalisation, which every token passes; an embedding's would spoil only
    the batches that have its token.
    """

    def __init__(self, *, after_step: int) -> None:
        self._after_step = after_step

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step == self._after_step:
            weights = next(each for each in kwargs["model"].parameters() if each.dim() == 1)
            with torch.no_grad():
                weights[0] = float("nan")
