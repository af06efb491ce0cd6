"""The hyper-parameters that a policy can set while a run goes on, by algorithm.

A trainer reads these anew at each step; all other arguments were copied away when it was made.
The runtime has a handler for each, and for no other.
"""

from __future__ import annotations

from collections.abc import Collection

LEARNING_RATE = "learning_rate"
"""The one that every trainer has."""

_ONLINE = ("beta", "epsilon_low", "epsilon_high", "temperature")
HYPERPARAMETERS = {
    "sft": (),
    "reward": (),
    "dpo": ("beta",),
    "kto": ("beta",),
    "orpo": ("beta",),
    "cpo": ("beta",),
    "grpo": _ONLINE,
    "rloo": _ONLINE,
    "ppo": ("kl_coef", "cliprange", "vf_coef"),
}
"""Beside the learning rate."""

HABITS = {
    "lr": LEARNING_RATE,
    "epsilon": "epsilon_high",
    "clip_range": "epsilon_high",
    "kl_beta": "beta",
    "init_kl_coef": "kl_coef",
}
"""By the names that other tools and the training arguments have for them."""


def known_of(algorithms: Collection[str]) -> tuple[str, ...]:
    """Algorithms of a pack, if something is known of each; none where any trainer may be meant."""
    return tuple(algorithms) if set(algorithms) <= set(HYPERPARAMETERS) else ()


def who(trainers: Collection[str]) -> str:
    """The trainers that a claim is about, in words, after `no trainer`."""
    return f"of {' and '.join(sorted(trainers))}" if trainers else "that ptt knows"


def hyperparameters_of(algorithm: str) -> tuple[str, ...]:
    """The hyper-parameters of an algorithm that can be set, the most usual one first."""
    return (LEARNING_RATE, *HYPERPARAMETERS.get(algorithm, ()))


def hyperparameters_of_any(algorithms: Collection[str] = ()) -> tuple[str, ...]:
    """Those that one of the algorithms has; of all algorithms if none is named."""
    named = [name for name in HYPERPARAMETERS if not algorithms or name in algorithms]
    return tuple(
        dict.fromkeys(
            hyperparameter for name in named for hyperparameter in hyperparameters_of(name)
        )
    ) or (LEARNING_RATE,)
