"""Facts of a run that its arguments do not have: what rules read as `run.NAME`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_TOKENS = "_ids"
"""How the columns end that trainers add when they turn texts into tokens."""

_PACKED = "seq_lengths"
"""The column of examples that hold several: how many those were is not known any more."""


def facts_of(args: Any, model: Any, dataloader: Any) -> dict[str, float]:
    """The facts that are known when a training begins; `RUN_FACTS` names all there may be.

    Of weights that are sharded over ranks, sizes are those of the whole where the library tells.
    """
    known = {
        "world_size": getattr(args, "world_size", 1),
        **dict(_of_model(model)),
        **_of_data(getattr(dataloader, "dataset", None)),
    }
    return {name: value for name, value in known.items() if value is not None}


def _of_model(model: Any) -> Iterator[tuple[str, int | None]]:
    if model is None:
        return
    sizes = [(_size(one), one.requires_grad) for one in model.parameters()]
    yield "parameters", sum(size for size, _ in sizes)
    yield "trainable_parameters", sum(size for size, is_trained in sizes if is_trained)
    yield "vocabulary", _vocabulary(getattr(model, "config", None))


def _size(parameter: Any) -> int:
    # DeepSpeed leaves a part of a weight, or nothing, on each rank, with the size of the whole
    size: int = getattr(parameter, "ds_numel", None) or parameter.numel()
    return size


def _vocabulary(config: Any) -> int | None:
    """The tokens of a model, also of one that is made of several."""
    text = config.get_text_config() if hasattr(config, "get_text_config") else config
    size = getattr(text, "vocab_size", None)
    return size if isinstance(size, int) else None


def _of_data(dataset: Any) -> Mapping[str, int | None]:
    """How many examples the trainer was given, and how many it kept.

    A trainer turns texts into tokens, which makes a new table, and then filters, which keeps the
    table and picks rows of it.
    """
    columns = getattr(dataset, "column_names", None) or ()
    if not hasattr(dataset, "__len__") or _PACKED in columns:
        return {}
    left = len(dataset)
    table = getattr(dataset, "_data", None)
    is_made_by_trainer = any(name.endswith(_TOKENS) for name in columns)
    given = getattr(table, "num_rows", None) if is_made_by_trainer else left
    return {"examples": given if isinstance(given, int) else None, "examples_left": left}
