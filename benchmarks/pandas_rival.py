"""Diagnostics as they are done today: a pandas frame rebuilt and every rule rerun at each tick.

Written from the documented behaviour of such tools: history is kept as dicts, cut to the last
200 rows, made into a frame at each tick, and each heuristic takes rolling statistics, first
and last windows, or a line fitted by least squares over its columns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

HISTORY_ROWS = 200
Rule = Callable[[pd.DataFrame], bool]


def _drop(column: str, window: int, share: float) -> Rule:
    """The last window's mean fell by a share from the first window's."""

    def rule(frame: pd.DataFrame) -> bool:
        values = frame[column].dropna()
        if len(values) < 2 * window:
            return False
        return bool(values.tail(window).mean() < (1 - share) * values.head(window).mean())

    return rule


def _above(column: str, window: int, limit: float) -> Rule:
    def rule(frame: pd.DataFrame) -> bool:
        values = frame[column].dropna()
        return len(values) >= window and bool(values.tail(window).mean() > limit)

    return rule


def _spike(column: str, window: int, factor: float) -> Rule:
    def rule(frame: pd.DataFrame) -> bool:
        values = frame[column].dropna()
        if len(values) < window + 5:
            return False
        return bool(values.tail(5).max() > factor * values.iloc[-window - 5 : -5].mean())

    return rule


def _volatile(column: str, window: int, limit: float) -> Rule:
    def rule(frame: pd.DataFrame) -> bool:
        spread = frame[column].rolling(window).std().dropna()
        return bool(len(spread) and spread.max() > limit)

    return rule


def _slope(column: str, window: int, limit: float) -> Rule:
    def rule(frame: pd.DataFrame) -> bool:
        values = frame[column].dropna().tail(window)
        if len(values) < window:
            return False
        return bool(abs(np.polyfit(np.arange(window), values.to_numpy(), 1)[0]) < limit)

    return rule


KINDS: tuple[Callable[[str, int, float], Rule], ...] = (_drop, _above, _spike, _volatile, _slope)


def rules(columns: list[str], count: int) -> list[Rule]:
    """`count` rules of all kinds over the columns in turn."""
    windows = (10, 20, 30, 50)
    return [
        KINDS[i % len(KINDS)](columns[i % len(columns)], windows[i % len(windows)], 1e6)
        for i in range(count)
    ]


class PandasRival:
    """Judges the rows that it is given, all rules at every row."""

    def __init__(self, columns: list[str], count: int) -> None:
        self._rows: list[dict[str, Any]] = []
        self._rules = rules(columns, count)

    def observe(self, row: dict[str, Any]) -> int:
        """Number of rules that hold at a row."""
        self._rows.append(row)
        del self._rows[:-HISTORY_ROWS]
        frame = pd.DataFrame(self._rows)
        return sum(rule(frame) for rule in self._rules)
