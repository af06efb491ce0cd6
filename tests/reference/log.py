"""A run's log, as far as it has been written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ptt_rules.border.numbers import plain_number
from ptt_rules.logs.context import NOTHING_KNOWN, RunContext
from ptt_rules.logs.rows import Row, read_row


@dataclass(frozen=True, slots=True)
class Log:
    """The rows of a run so far, what is known beside them, and the values of parameters by name.

    `clocks` has the clock of the run at each row: the greatest time so far; `epochs` likewise.
    """

    rows: list[Row]
    clocks: list[float | None]
    epochs: list[float | None]
    context: RunContext
    params: Mapping[str, float]

    def add(self, row: Row) -> None:
        self.rows.append(row)
        self.clocks.append(_greatest(one.time for one in self.rows))
        self.epochs.append(_greatest(one.epoch for one in self.rows))

    def argument(self, name: str) -> float | None:
        """A training argument; unknown where the run has none of that name, or not a number."""
        value = self.context.config.get(name)
        is_nan = isinstance(value, float) and math.isnan(value)
        return math.nan if is_nan else plain_number(value)


def log_of(
    rows: Iterable[Mapping[str, Any]],
    context: RunContext = NOTHING_KNOWN,
    params: Mapping[str, float] | None = None,
) -> Log:
    """A log from the log events of a trainer."""
    log = Log([], [], [], context, params or {})
    for row in rows:
        log.add(read_row(row))
    return log


def _greatest(told: Iterable[float | None]) -> float | None:
    return max((one for one in told if one is not None), default=None)
