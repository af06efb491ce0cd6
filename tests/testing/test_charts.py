"""Bars and marks: every row has its column, and what matters is seen."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptt_rules.language.ir.tests import StepRange
from ptt_rules.report.bars import MAX_COLUMNS, Axis, bars, span_text

samples = st.lists(st.one_of(st.none(), st.floats()), min_size=1, max_size=400)


@given(values=samples)
def test_a_chart_fits_a_terminal_and_shows_each_broken_number(values: list[float | None]) -> None:
    axis = Axis(range(1, len(values) + 1))
    drawn = bars(values, axis)
    assert len(drawn) <= axis.columns <= MAX_COLUMNS
    broken = [row for row, one in enumerate(values) if one is not None and not math.isfinite(one)]
    assert {axis.column(row) for row in broken} == {c for c, bar in enumerate(drawn) if bar == "x"}


@given(rows=st.integers(1, 500), data=st.data())
def test_a_mark_is_where_its_rows_are(rows: int, data: st.DataObject) -> None:
    axis = Axis(range(1, rows + 1))
    first = data.draw(st.integers(1, rows))
    last = data.draw(st.integers(first, rows))
    mark = axis.range(StepRange(first, last))
    assert mark.count(" ") == axis.column(first - 1)
    assert len(mark) == axis.column(last - 1) + 1
    assert axis.points([first - 1]).index("▲") == axis.column(first - 1)


@pytest.mark.parametrize(
    ("values", "drawn", "span"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█", "0..7"),
        ([5, 5, 5], "▄▄▄", "5"),
        ([None, 1, None, 2], " ▁ █", "1..2"),
        ([math.nan, math.inf], "xx", "no number"),
        ([-1.7e308, 0, 1.7e308], "▁▅█", "-1.7e+308..1.7e+308"),
        ([None], "", "no number"),
    ],
)
def test_a_series_is_drawn_like_this(values: list[float], drawn: str, span: str) -> None:
    assert bars(values, Axis(range(len(values)))) == drawn
    assert span_text(values) == span


def test_a_spike_of_one_row_is_seen_in_a_long_series() -> None:
    values = [1.0] * 500 + [9.0] + [1.0] * 500
    axis = Axis(range(1001))
    assert bars(values, axis)[axis.column(500)] == "█"


@pytest.mark.parametrize(
    ("at", "mark"),
    [
        (StepRange(3, 3), "  │"),
        (StepRange(3, 4), "  ├┤"),
        (StepRange(3, None), "  ├──▶"),
        (StepRange(6, None), "     ├"),
        (StepRange(9, None), ""),
    ],
)
def test_ranges_are_marked_like_this(at: StepRange, mark: str) -> None:
    assert Axis(range(1, 7)).range(at) == mark


def test_a_log_without_rows_has_an_axis_too() -> None:
    assert Axis([]).text() == "no rows"
