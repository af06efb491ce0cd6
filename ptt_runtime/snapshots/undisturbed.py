"""A block that leaves no trace in a training: modes and random numbers are as they were."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy
import torch


@contextmanager
def undisturbed(model: Any, seed: int) -> Iterator[None]:
    """Evaluates a model without gradients and with random numbers of its own.

    Every module goes back into its own mode, as parts of a model may be frozen in evaluation;
    the generators of Python, NumPy and torch, those of all devices too, go on where they were.
    In evaluation a model checkpoints no gradients and caches keys, so that these settings stay
    as they are.
    """
    modes = [(module, module.training) for module in model.modules()]
    states = random.getstate(), numpy.random.get_state(), torch.get_rng_state(), _of_devices()
    try:
        model.eval()
        random.seed(seed)
        numpy.random.seed(seed)
        torch.manual_seed(seed)
        # inference mode would leave its tensors in caches of the model, unusable for training
        with torch.no_grad():
            yield
    finally:
        random.setstate(states[0])
        numpy.random.set_state(states[1])
        torch.set_rng_state(states[2])
        _restore_devices(states[3])
        for module, is_training in modes:
            module.training = is_training


def _of_devices() -> dict[str, Any]:
    """The generators of accelerators that are in use."""
    found: dict[str, Any] = {}
    for kind in ("cuda", "xpu"):
        devices = getattr(torch, kind)
        if devices.is_available() and devices.is_initialized():
            found[kind] = devices.get_rng_state_all()
    if torch.backends.mps.is_available():
        found["mps"] = torch.mps.get_rng_state()
    return found


def _restore_devices(states: dict[str, Any]) -> None:
    for kind, state in states.items():
        if kind == "mps":
            torch.mps.set_rng_state(state)
        else:
            getattr(torch, kind).set_rng_state_all(state)
