"""Which training arguments do nothing, since a checkpoint brings its own values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ptt_runtime.actions.learning_rate import LearningRate

if TYPE_CHECKING:
    from ptt_runtime.run import Training

_GROUP_ARGUMENTS: dict[str, Callable[[Mapping[str, Any]], float]] = {
    "weight_decay": lambda group: group["weight_decay"],
    "adam_beta1": lambda group: group["betas"][0],
    "adam_beta2": lambda group: group["betas"][1],
    "adam_epsilon": lambda group: group["eps"],
}
"""Where the groups of an optimizer have what training arguments gave them."""


def without_effect(training: Training) -> set[str]:
    """Training arguments that the optimizer, as it was loaded, does not go by.

    The state of an optimizer has the settings of its groups, and that of a schedule the rates
    that it began with: loading them undoes what the arguments of now had set.

    Source: torch.optim, `Optimizer.load_state_dict` and `LRScheduler.load_state_dict`
    """
    groups = getattr(training.optimizer, "param_groups", None)
    if not groups:
        return set()
    found = {
        name
        for name, read in _GROUP_ARGUMENTS.items()
        if not _is_of_a_group(groups, read, getattr(training.args, name, None))
    }
    rate = LearningRate(training.optimizer, training.lr_scheduler)
    if not rate.is_at(training.args.learning_rate):
        found.add("learning_rate")
    return found


def _is_of_a_group(
    groups: Sequence[Mapping[str, Any]], read: Callable[[Mapping[str, Any]], float], value: Any
) -> bool:
    """Whether a group has a value; what an optimizer does not know is not known to differ."""
    try:
        return any(math.isclose(read(group), value, rel_tol=1e-6) for group in groups)
    except (KeyError, TypeError):
        return True
