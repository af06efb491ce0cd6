"""Conditions under which a key is logged, as tests of the training arguments.

A row of the vocabulary states in `when`, in words, what it needs. If training arguments decide
whether a run has that, these words have a test here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Setting:
    """A training argument that must have a value, or any other one than it."""

    argument: str
    value: object
    is_equal: bool = True

    def holds(self, arguments: Mapping[str, Any]) -> bool | None:
        """None where the arguments do not decide."""
        if self.argument not in arguments:
            return None
        given = arguments[self.argument]
        if self.value == 0 and given is None:
            return not self.is_equal
        return bool(given == self.value) is self.is_equal


IS_EVALUATED = "an eval_strategy"
"""The condition of keys with the prefix `eval_`."""

TAKES_SNAPSHOTS = "snapshots of the callback"
"""The condition of snapshot keys: the callback decides it, not a training argument."""

_SETTINGS: dict[str, tuple[Setting, ...]] = {
    IS_EVALUATED: (Setting("eval_strategy", "no", is_equal=False),),
    TAKES_SNAPSHOTS: (Setting("snapshots", True),),
    "beta that is not 0": (Setting("beta", 0, is_equal=False),),
    "generation by vLLM": (Setting("use_vllm", True),),
    "several processes": (Setting("world_size", 1, is_equal=False),),
    "the Liger loss": (Setting("use_liger_loss", True), Setting("use_liger_kernel", True)),
    "rpo_alpha": (Setting("rpo_alpha", None, is_equal=False),),
    'loss_type="cispo"': (Setting("loss_type", "cispo"),),
    'loss_type="vespo"': (Setting("loss_type", "vespo"),),
    "an entropy bonus": (
        Setting("entropy_coef", 0, is_equal=False),
        Setting("use_adaptive_entropy", True),
    ),
}
"""By what is needed: one of these settings is enough."""

NOT_IN_ARGUMENTS = frozenset({"tools", "a mixture of experts"})
"""What the trainer gets otherwise, or what the model is."""


def is_met(when: str, arguments: Mapping[str, Any]) -> bool | None:
    """Whether a run meets the condition of a key; None where its arguments do not decide."""
    if not when:
        return True
    found = [setting.holds(arguments) for setting in _SETTINGS.get(when, ())]
    if True in found:
        return True
    return False if found and None not in found else None


def settings_of(when: str) -> tuple[str, ...]:
    """The training arguments that decide on what is needed."""
    return tuple(setting.argument for setting in _SETTINGS.get(when, ()))
