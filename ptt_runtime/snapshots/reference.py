"""How far a model is from a reference: a model of one's own, the trainer's, or without adapter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from ptt_rules import PttError
from ptt_rules.observing.arguments import Unfit
from ptt_runtime.snapshots.undisturbed import undisturbed

REFERENCE_KL = "reference_kl"


def reference_of(name: str, value: Any) -> Any:
    """None for none, True for what the training has, or a model."""
    if value is None or isinstance(value, bool):
        return value or None
    if isinstance(value, torch.nn.Module) and hasattr(value, "config"):
        return value
    hint = f"write `{name}=True` for the model without its adapter, or `{name}=model`"
    raise Unfit(name, value, "True or a model of transformers", hint)


def check_reference(given: Any, model: Any, trainer: Any) -> None:
    """Errors: PTT520 where the training has no reference"""
    if given is True and _of_trainer(trainer) is None and not _has_adapter(model):
        raise PttError.of(
            "PTT520",
            "snapshots have no reference: the model has no adapter to switch off, and no trainer "
            "with a `ref_model` is attached",
            hint="give the model itself: `Snapshots(reference=model)`",
        )


@contextmanager
def reference_model(given: Any, model: Any, trainer: Any) -> Iterator[Any]:
    """The reference while a block lasts, without a trace in the training."""
    other = _of_trainer(trainer) if given is True else given
    if other is not None:
        with undisturbed(other, 0):
            yield other
        return
    # switching an adapter on again makes the weights of all active ones trainable
    trained = [(one, one.requires_grad) for one in model.parameters()]
    try:
        with model.disable_adapter():
            yield model
    finally:
        for one, was in trained:
            one.requires_grad_(was)


def _of_trainer(trainer: Any) -> Any:
    return getattr(trainer, "ref_model", None)


def _has_adapter(model: Any) -> bool:
    """Whether it is a model of peft, which can switch its adapter off."""
    return callable(getattr(model, "disable_adapter", None))
