"""Whether tensors hold finite numbers only, looked at where they lie."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch.distributed.tensor import DTensor

_FEWEST_BYTES = 2
"""A type of one byte has no norm, and holds numbers that were scaled into its range."""


def are_finite(tensors: Iterable[torch.Tensor]) -> bool:
    """Whether all of them are: on the CPU one after the other, else with one number read.

    Cost: a norm, on the CPU a sum, of each, and one number from the device
    """
    elsewhere = []
    for tensor in tensors:
        if not tensor.is_cpu:
            elsewhere.append(tensor)
        elif not _is_finite(tensor):
            return False
    if not elsewhere:
        return True
    # the largest of each cannot overflow, as a sum of squares can
    largest = torch.nn.utils.get_total_norm(elsewhere, norm_type=math.inf)
    return bool(torch.isfinite(largest).item())


def weights_are_finite(model: torch.nn.Module) -> bool:
    """Whether all weights of a model are; of one that is sharded over ranks, those of this rank."""
    with torch.no_grad():
        return are_finite(_local_weights(model))


def _local_weights(model: torch.nn.Module) -> Iterator[torch.Tensor]:
    for parameter in model.parameters():
        # DeepSpeed leaves an empty tensor in the place of what it has sharded
        weight = local_part(getattr(parameter, "ds_tensor", parameter)).detach()
        is_number = weight.is_floating_point() and weight.element_size() >= _FEWEST_BYTES
        if is_number and weight.numel() and not weight.is_meta:
            yield weight


def local_part(tensor: Any) -> torch.Tensor:
    """A tensor, or the part of it that this rank has."""
    local: torch.Tensor = tensor.to_local() if isinstance(tensor, DTensor) else tensor
    return local


def _is_finite(tensor: torch.Tensor) -> bool:
    """A sum takes a tenth of the time of a norm there; one of finite numbers may overflow."""
    return math.isfinite(tensor.sum().item()) or bool(tensor.isfinite().all().item())
