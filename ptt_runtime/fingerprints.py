"""What tells one model, or one data set, from another, without reading all of it.

A sample of the weights and of the examples is enough to see that something was exchanged; it is
no proof that nothing was. Cost: 64 numbers of each tensor and 32 examples, so that a model of
70 billion parameters (some 700 tensors) takes milliseconds on its device.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import torch

SAMPLED_NUMBERS = 64
SAMPLED_EXAMPLES = 32


def model_fingerprint(model: Any) -> dict[str, Any]:
    """Class, size, and digests of the configuration, of all shapes, and of a sample of the weights.

    Where weights are sharded over ranks, sizes and sample are those of this rank.
    """
    if model is None:
        return {}
    config = getattr(model, "config", None)
    text = json.dumps(config.to_dict(), sort_keys=True, default=str) if config else ""
    named = list(model.named_parameters())
    shapes = [[name, list(one.shape), str(one.dtype)] for name, one in named]
    return {
        "class": type(model).__name__,
        "name": getattr(config, "_name_or_path", None),
        "parameters": sum(one.numel() for _, one in named),
        "trainable": sum(one.numel() for _, one in named if one.requires_grad),
        "config_sha256": _digest(text) if text else None,
        "shapes_sha256": _digest(json.dumps(shapes)),
        "weights_sample_sha256": weights_sample(model),
    }


def weights_sample(model: Any) -> str:
    """Digest of evenly spaced numbers of each tensor of weights.

    Cost: 64 numbers of each tensor are copied from the device at once
    """
    with torch.no_grad():
        picked = [_sample(one) for one in model.parameters() if one.numel()]
        together = torch.cat(picked).cpu() if picked else torch.zeros(0)
    return _digest(together.numpy().tobytes())


def _sample(tensor: torch.Tensor) -> torch.Tensor:
    # what is sharded is sampled where it lies: gathering it would be a collective
    local = tensor.to_local() if hasattr(tensor, "to_local") else tensor
    flat = local.detach().flatten()  # no copy of what is contiguous, as weights are
    every = max(1, flat.numel() // SAMPLED_NUMBERS)
    return flat[::every][:SAMPLED_NUMBERS].to(torch.float32)


def data_fingerprint(dataloader: Any) -> dict[str, Any]:
    """Size, columns, the data set's own fingerprint, and a digest of a sample of its examples.

    Null: of a data set that is streamed the examples are not read
    """
    dataset = getattr(dataloader, "dataset", None)
    if dataset is None:
        return {}
    size = len(dataset) if hasattr(dataset, "__len__") else None
    return {
        "class": type(dataset).__name__,
        "examples": size,
        "columns": getattr(dataset, "column_names", None),
        "fingerprint": getattr(dataset, "_fingerprint", None),
        "examples_sample_sha256": _examples(dataset, size) if size and _is_plain(dataset) else None,
    }


def _is_plain(dataset: Any) -> bool:
    return hasattr(dataset, "with_format") and hasattr(dataset, "__getitem__")


def _examples(dataset: Any, size: int) -> str:
    plain = dataset.with_format(None)
    every = max(1, size // SAMPLED_EXAMPLES)
    places = range(0, size, every)[:SAMPLED_EXAMPLES]
    return _digest("\n".join(_texts(plain[place] for place in places)))


def _texts(examples: Iterable[Any]) -> Iterable[str]:
    for one in examples:
        plain = dict(one) if isinstance(one, Mapping) else one
        yield json.dumps(plain, sort_keys=True, default=_plain)


def _plain(value: Any) -> Any:
    """Tensors and arrays as lists, all else as its text."""
    return value.tolist() if hasattr(value, "tolist") else str(value)


def _digest(data: str | bytes) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()
