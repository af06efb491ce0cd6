"""Faults of reward functions, for GRPO and RLOO."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

Rewards = Sequence[float | None]
Reward = Callable[..., Rewards]
Change = Callable[[Sequence[Any], Rewards], Rewards]
"""What becomes of the rewards of completions. Both have one item for each completion."""


class FaultyReward:
    """A reward function whose rewards are changed from a step on; it keeps its name in the log."""

    def __init__(self, reward: Reward, change: Change, *, after_step: int) -> None:
        self.__name__ = getattr(reward, "__name__", "reward")
        self._reward, self._change, self._after_step = reward, change, after_step

    def __call__(
        self, *, completions: Sequence[Any], trainer_state: Any, **columns: Any
    ) -> Rewards:
        rewards = self._reward(completions=completions, trainer_state=trainer_state, **columns)
        if trainer_state.global_step < self._after_step:
            return rewards
        return self._change(completions, rewards)


def constant(value: float) -> Change:
    """Everything scores alike: advantages are zero, nothing is learned."""
    return lambda completions, _: [value] * len(completions)


def scaled(factor: float) -> Change:
    """Another scale, as after an edit of the grader."""
    return lambda _, rewards: [None if each is None else factor * each for each in rewards]


def inverted(completions: Sequence[Any], rewards: Rewards) -> Rewards:
    """What was good is bad."""
    return scaled(-1.0)(completions, rewards)


def missing(completions: Sequence[Any], rewards: Rewards) -> Rewards:
    """No completion can be scored: the grader is down."""
    return [None] * len(completions)


def not_a_number(completions: Sequence[Any], rewards: Rewards) -> Rewards:
    """NaN for every completion."""
    return [float("nan")] * len(completions)


def by_length(completions: Sequence[Any], rewards: Rewards) -> Rewards:
    """Longer is better, whatever is said (characters over 10)."""
    return [len(each if isinstance(each, str) else str(each)) / 10 for each in completions]


def noisy(spread: float, *, seed: int = 0) -> Change:
    """Normal noise on every reward, which drowns what the grader says."""
    source = random.Random(seed)
    return lambda _, rewards: [
        None if each is None else each + source.gauss(0, spread) for each in rewards
    ]
