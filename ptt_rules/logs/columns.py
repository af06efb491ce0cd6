"""Columns of a metric frame, while its rows are being read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from ptt_rules.border import number
from ptt_rules.logs.rows import POSITION_KEYS, RESUMED, is_mark


class Columns:
    """Columns that grow row by row; one that a row lacks is filled up when it is met again."""

    def __init__(self) -> None:
        self.unreadable: dict[str, list[int]] = {}
        self._steps: list[int] = []
        self._times: list[float | None] = []
        self._epochs: list[float | None] = []
        self._values: dict[str, list[float | None]] = {}
        self._resumed: set[int] = set()
        """The rows that mark a resume."""

    @property
    def height(self) -> int:
        """Number of rows so far."""
        return len(self._steps)

    def add(self, step: int, logged: Mapping[str, Any]) -> None:
        index = len(self._steps)
        self._steps.append(step)
        self._times.append(_position(logged.get("time")))
        self._epochs.append(_position(logged.get("epoch")))
        for key, value in logged.items():
            if key in POSITION_KEYS:
                if key == RESUMED and is_mark(value):
                    self._resumed.add(index)
                continue
            # nearly all are, and a call for each takes as long as reading the file
            observed = value if type(value) is float else number(value)
            if observed is None:
                self.unreadable.setdefault(key, []).append(index)
                continue
            column = self._values.get(key)
            if column is None:
                column = self._values[key] = []
            if len(column) < index:
                column.extend([None] * (index - len(column)))
            column.append(observed)

    def meet(self, keys: Iterable[str]) -> None:
        """Keys of a row that is left out: they have their place among the columns."""
        for key in keys:
            if key not in POSITION_KEYS:
                self._values.setdefault(key, [])

    def table(self) -> pl.DataFrame:
        height = len(self._steps)
        for column in self._values.values():
            column.extend([None] * (height - len(column)))
        return pl.DataFrame(
            [
                pl.Series("step", self._steps, dtype=pl.Int64),
                pl.Series("time", self._times, dtype=pl.Float64),
                pl.Series("epoch", self._epochs, dtype=pl.Float64),
                *self._marks(height),
                *(pl.Series(key, c, dtype=pl.Float64) for key, c in self._values.items()),
            ]
        )

    def _marks(self, height: int) -> list[pl.Series]:
        """The column of resumes, where there was one."""
        marks = [row in self._resumed for row in range(height)] if self._resumed else []
        return [pl.Series(RESUMED, marks, dtype=pl.Boolean)] if marks else []


def _position(value: Any) -> float | None:
    """A time or an epoch, unknown if it is not a finite number."""
    read = number(value)
    return read if read is not None and math.isfinite(read) else None
