"""What a run was: rules, arguments, model, data, code and machine."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from importlib import metadata
from typing import Any

import torch

from ptt_rules import Pack
from ptt_rules.observing import beginning, surroundings
from ptt_runtime.fingerprints import data_fingerprint, model_fingerprint
from ptt_runtime.training import Training


def provenance(training: Training, pack: Pack) -> dict[str, Any]:
    """The contents of `run.json`."""
    return {
        **beginning(training, pack, training.own_config),
        "training_arguments": training.arguments,
        "model": _told(lambda: model_fingerprint(training.model)),
        "data": _told(lambda: data_fingerprint(training.train_dataloader)),
        **surroundings(),
        "devices": _told(_devices),
    }


def _told(describe: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """A description, or why there is none: provenance is never a reason not to train."""
    try:
        return describe()
    except Exception as error:
        return {"unknown_because": f"{type(error).__name__}: {error}"}


def all_packages() -> dict[str, str]:
    """The installed versions of all distributions, by name."""
    found = ((one.metadata["Name"], one.version) for one in metadata.distributions())
    return dict(sorted((name, version) for name, version in found if name))


def _devices() -> dict[str, Any]:
    names = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    return {"cuda": names, "cpu": platform.processor() or platform.machine()}
