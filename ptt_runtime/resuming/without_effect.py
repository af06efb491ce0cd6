"""Which training arguments do nothing, since a checkpoint brings its own values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_GROUP_ARGUMENTS: dict[str, Callable[[Mapping[str, Any]], float]] = {
    "learning_rate": lambda group: group["initial_lr"],
    "weight_decay": lambda group: group["weight_decay"],
    "adam_beta1": lambda group: group["betas"][0],
    "adam_beta2": lambda group: group["betas"][1],
    "adam_epsilon": lambda group: group["eps"],
}
"""Where the groups of an optimizer have what training arguments gave them.

`initial_lr` is what a schedule makes its rates of; policies that set a rate leave it alone.
"""


def without_effect(args: Any, optimizer: Any) -> set[str]:
    """Training arguments that the optimizer, as it was loaded, does not go by.

    The state of an optimizer has the settings of its groups, with the rate that their schedule
    began with: loading it undoes what the arguments of now had set.

    Source: torch.optim, `Optimizer.load_state_dict` and `LRScheduler.load_state_dict`
    """
    return set(in_their_place(args, optimizer))


def of_an_optimizer() -> set[str]:
    """Training arguments that a checkpoint with its optimizer takes the place of."""
    return {*_GROUP_ARGUMENTS}


def in_their_place(args: Any, optimizer: Any) -> dict[str, float]:
    """What the optimizer goes by instead of training arguments that it does not go by.

    Of several groups the first counts.
    """
    groups = getattr(optimizer, "param_groups", None)
    if not groups:
        return {}
    return {
        name: read(groups[0])
        for name, read in _GROUP_ARGUMENTS.items()
        if not _is_of_a_group(groups, read, getattr(args, name, None))
    }


def _is_of_a_group(
    groups: Sequence[Mapping[str, Any]], read: Callable[[Mapping[str, Any]], float], value: Any
) -> bool:
    """Whether a group has a value; what an optimizer does not know is not known to differ."""
    try:
        return any(math.isclose(read(group), value, rel_tol=1e-6) for group in groups)
    except (KeyError, TypeError):
        return True
