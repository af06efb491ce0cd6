"""A run's log, as far as it has been written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ptt_rules.logs.context import NOTHING_KNOWN, RunContext
from ptt_rules.logs.rows import Row, read_row


@dataclass(frozen=True, slots=True)
class Log:
    """All rows of a run, what is known beside them, and the values of parameters by name.

    `clocks` has the clock of the run at each row: the greatest time so far; `epochs` likewise.
    """

    rows: Sequence[Row]
    clocks: Sequence[float | None]
    epochs: Sequence[float | None]
    context: RunContext
    params: Mapping[str, float]

    def argument(self, name: str) -> float | None:
        """A training argument; unknown where the run has none of that name, or not a number."""
        value = self.context.config.get(name)
        return float(value) if type(value) in (int, float) else None


def log_of(
    rows: Iterable[Mapping[str, Any]],
    context: RunContext = NOTHING_KNOWN,
    params: Mapping[str, float] | None = None,
) -> Log:
    """A log from the log events of a trainer."""
    read = [read_row(row) for row in rows]
    clocks = _greatest([row.time for row in read])
    epochs = _greatest([row.epoch for row in read])
    return Log(read, clocks, epochs, context, params or {})


def _greatest(told: Sequence[float | None]) -> list[float | None]:
    """The greatest so far at each row."""
    return [
        max((one for one in told[: row + 1] if one is not None), default=None)
        for row in range(len(told))
    ]
