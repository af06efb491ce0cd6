"""A run's log, as far as it has been written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ptt_rules.border.numbers import number
from ptt_rules.logs.rows import Row, read_row


@dataclass(frozen=True, slots=True)
class Log:
    """All rows of a run, its training arguments, and the values of parameters by name.

    `clocks` has the clock of the run at each row: the greatest time so far.
    """

    rows: Sequence[Row]
    clocks: Sequence[float | None]
    config: Mapping[str, Any]
    params: Mapping[str, float]

    def argument(self, name: str) -> float | None:
        """A training argument; unknown where the run has none of that name, or no number."""
        value = self.config.get(name)
        return None if value is None else number(value)


def log_of(
    rows: Iterable[Mapping[str, Any]],
    config: Mapping[str, Any] | None = None,
    params: Mapping[str, float] | None = None,
) -> Log:
    """A log from the log events of a trainer."""
    read = [read_row(row) for row in rows]
    clocks = [_clock(read[: number + 1]) for number in range(len(read))]
    return Log(read, clocks, config or {}, params or {})


def _clock(rows: Sequence[Row]) -> float | None:
    return max((row.time for row in rows if row.time is not None), default=None)
