"""Streams: whose observations an aggregate is of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ptt_rules.border import described, number
from ptt_rules.language import Kind, PttError
from ptt_rules.language.ir import Aggregate, AllWindow
from ptt_rules.language.passes import Operation


@dataclass(frozen=True, slots=True)
class Now:
    """The newest row's step, and its clock in seconds (None: the log has told no time yet)."""

    step: int
    clock: float | None


@dataclass(frozen=True, slots=True)
class Stream:
    """Rows in which all of one or two series are observed; lagged: pairs of neighbours."""

    inputs: tuple[int, ...]
    kind: Kind
    is_lagged: bool = False

    def renumbered(self, numbers: Mapping[int, int]) -> Stream:
        """The same stream of other operations."""
        inputs = tuple(numbers.get(number, number) for number in self.inputs)
        return Stream(inputs, self.kind, self.is_lagged)


def stream_of(operation: Operation, node: Aggregate) -> Stream:
    """The stream that an aggregate reads."""
    inputs = operation.inputs[: len(node.series)]
    return Stream(inputs, node.takes, node.statistic.is_lagged)


def is_carried(node: Aggregate) -> bool:
    """Whether its value at the row before is all that it needs of the past."""
    return node.statistic.decided_by is not None and isinstance(node.window, AllWindow)


def named_arguments(config: Any) -> Mapping[str, Any]:
    """The training arguments by name; none if there are none.

    Errors: PTT303 for what has no names
    """
    if config is None or isinstance(config, Mapping):
        return config or {}
    message = f"training arguments are names with values, not {described(config)}"
    hint = "pass a dict, such as `{'beta': 0.1}`, or `args.to_dict()`"
    raise PttError.of("PTT303", message, hint=hint)


def training_argument(config: Mapping[str, Any], name: str) -> float | None:
    """A training argument; unknown where the run has none of that name, or no number."""
    value = config.get(name)
    return None if value is None else number(value)


def max_steps(config: Mapping[str, Any]) -> float | None:
    """The last step of the run, where the training arguments tell it."""
    found = training_argument(config, "max_steps")
    return found if found is not None and found > 0 else None
