"""Series as lines of bars, one character for each row or for a few of them, with marks below.

A column that stands for several rows shows the one farthest from the median of the series, so
that a spike of one row is seen. NaN and infinities are `x`, wherever in a column they are; a
column without an observation is a blank.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from ptt_rules.border import agreeing
from ptt_rules.evaluation import shown
from ptt_rules.language.ir import StepRange

MAX_COLUMNS = 72
_BARS = "▁▂▃▄▅▆▇█"
_BROKEN = "x"
_FLAT = "▄"


@dataclass(frozen=True, slots=True)
class Axis:
    """The rows of a chart by their steps, so many of them to a column."""

    steps: Sequence[int]

    @property
    def rows_a_column(self) -> int:
        return max(1, math.ceil(len(self.steps) / MAX_COLUMNS))

    @property
    def columns(self) -> int:
        return math.ceil(len(self.steps) / self.rows_a_column)

    def text(self) -> str:
        """What the columns are."""
        if not self.steps:
            return "no rows"
        rows = self.rows_a_column
        what = agreeing(rows, "a row", f"{rows} rows")
        return f"steps {self.steps[0]}..{self.steps[-1]}, {what} a column"

    def column(self, row: int) -> int:
        return row // self.rows_a_column

    def range(self, at: StepRange) -> str:
        """The columns of a range of steps, marked; nothing where it holds no row."""
        inside = [row for row, step in enumerate(self.steps) if step in at]
        if not inside:
            return ""
        first, last = self.column(inside[0]), self.column(inside[-1])
        width = last - first + 1
        if at.last is None:
            return " " * first + "├" + "─" * (width - 2) + "▶" * (width > 1)
        mark = "├" + "─" * (width - 2) + "┤" if width > 1 else "│"
        return " " * first + mark

    def points(self, rows: Sequence[int]) -> str:
        """Rows, each marked at its column."""
        marked = {self.column(row) for row in rows}
        return "".join("▲" if c in marked else " " for c in range(max(marked, default=-1) + 1))


def bars(values: Sequence[float | None], axis: Axis) -> str:
    """A series as one line of bars between its least and its greatest number."""
    finite = [value for value in values if value is not None and math.isfinite(value)]
    scale = _Scale(min(finite), median(finite), max(finite)) if finite else _Scale(0.0, 0.0, 0.0)
    size = axis.rows_a_column
    columns = [values[first : first + size] for first in range(0, len(values), size)]
    return "".join(_bar(column, scale) for column in columns).rstrip()


def span_text(values: Sequence[float | None]) -> str:
    """The least and the greatest number of a series, such as `0.4..2`."""
    finite = [value for value in values if value is not None and math.isfinite(value)]
    if not finite:
        return "no number"
    low, high = shown(min(finite), ".4g"), shown(max(finite), ".4g")
    return low if low == high else f"{low}..{high}"


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    median: float
    high: float


def _bar(column: Sequence[float | None], scale: _Scale) -> str:
    observed = [value for value in column if value is not None]
    if not observed:
        return " "
    if not all(map(math.isfinite, observed)):
        return _BROKEN
    low, high = scale.low / 2, scale.high / 2  # halves, so that nothing overflows
    if high == low:
        return _FLAT
    farthest = max(observed, key=lambda value: abs(value / 2 - scale.median / 2))
    place = (farthest / 2 - low) / (high - low)
    return _BARS[min(len(_BARS) - 1, int(place * len(_BARS)))]
