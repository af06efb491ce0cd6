"""Streams: whose observations an aggregate is of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from ptt_rules.language import Kind, Measure
from ptt_rules.language.ir import Aggregate, AllWindow
from ptt_rules.language.passes import Operation


class Now(NamedTuple):
    """The newest row's step, and its clock in seconds and in epochs.

    None: the log has told none yet. `resumed` is the step of the row that marks the newest resume,
    or of the first row.
    """

    step: int
    clock: float | None
    epoch: float | None = None
    resumed: int | None = None


STAMPS: dict[Measure, Callable[[Now], float | None]] = {
    Measure.STEPS: attrgetter("step"),
    Measure.SECONDS: attrgetter("clock"),
    Measure.EPOCHS: attrgetter("epoch"),
}
"""Where a row stands, by what a span is measured in."""


def later(clock: float | None, told: float | None) -> float | None:
    """A clock after a row: the greatest time, or epoch, so far."""
    if told is None or (clock is not None and clock >= told):
        return clock
    return told


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
    return node.statistic.decided_by is not None and node.window == AllWindow()
