"""What the window of an aggregate holds at one row, for those who ask why."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ptt_rules.evaluation.polars.observations import (
    AtHand,
    Observations,
    Rows,
    seen_by,
    span_starts,
)
from ptt_rules.evaluation.row import Stream
from ptt_rules.language import Kind
from ptt_rules.language.ir import Aggregate, FirstWindow, LastWindow, SpanWindow, Window

_NAMES = frozenset({"y", "step", "clock", "epoch", "to_step", "to_clock", "to_epoch"})


@dataclass(frozen=True, slots=True)
class Held:
    """The observations in a window: how many, from which step to which.

    `size` is how many it can hold and `needed` from how many on it is full, where it counts
    observations. `skipped` are the NaN and infinite ones of the same rows; while it is not
    full, of all rows so far.
    """

    count: int
    skipped: int
    size: int | None = None
    needed: int | None = None
    first_step: int | None = None
    last_step: int | None = None


def held(node: Aggregate, series: tuple[pl.Series, ...], rows: Rows, row: int) -> Held:
    """What the window of an aggregate of some series holds at a row.

    Cost: grows with the rows before it
    """
    so_far = rows.head(row + 1)
    series = tuple(one.head(row + 1) for one in series)
    at_hand = Observations(Stream((), node.takes), _NAMES).advance(series, so_far)
    start, count = _place(node.window, at_hand, so_far)
    size = None
    if isinstance(node.window, (LastWindow, FirstWindow)):
        size = node.window.count
    needed = node.window.full_from if size or node.window.full_from > 1 else None
    skipped = 0
    if node.takes is Kind.NUMBER:
        first, last = _rows_of(node, at_hand, so_far, (start, count))
        skipped = _without_number(series, first, last)
    steps = at_hand.frame["step"]
    return Held(
        count=count,
        skipped=skipped,
        size=size,
        needed=needed,
        first_step=steps[start] if count else None,
        last_step=steps[start + count - 1] if count else None,
    )


def _place(window: Window, at_hand: AtHand, rows: Rows) -> tuple[int, int]:
    """The first observation in a window at the last row, and how many are in it."""
    if isinstance(window, FirstWindow):
        return window.skip, min(window.count, max(0, at_hand.count - window.skip))
    start, end = 0, int(seen_by(at_hand, window.before, rows)[-1])
    match window:
        case LastWindow(count=count):
            start = max(0, end - count)
        case SpanWindow():
            start = int(span_starts(at_hand, window, rows.last)[0])
    return start, max(0, end - start)


def _rows_of(
    node: Aggregate, at_hand: AtHand, rows: Rows, place: tuple[int, int]
) -> tuple[int, int]:
    """First and last row of a window; of one that is not full, all rows."""
    (start, count), window, newest = place, node.window, len(rows.steps) - 1
    if isinstance(window, SpanWindow):
        stamps = rows.stamps(window.measure)
        far, near = (stamps[-1:] - end for end in (window.far_end, window.near_end))
        inside = ((stamps > far) & (stamps <= near)).fill_null(False).arg_true().to_list()
        return (inside[0], inside[-1]) if inside else (newest + 1, newest)
    if not isinstance(window, (LastWindow, FirstWindow)) or count < window.count:
        return 0, newest
    # the row of an observation is the first one up to which so many were seen
    first, last = at_hand.ended.search_sorted(pl.Series([start + 1, start + count])).to_list()
    is_at_the_end = isinstance(window, LastWindow) and not window.before
    return first, newest if is_at_the_end else last


def _without_number(series: tuple[pl.Series, ...], first: int, last: int) -> int:
    """Rows in which all series are observed and one of them is NaN or infinite."""
    parts = [one.slice(first, last + 1 - first) for one in series]
    logged = pl.select(pl.all_horizontal(pl.lit(one).is_not_null() for one in parts))
    finite = pl.select(pl.all_horizontal(pl.lit(one).is_finite() for one in parts))
    return int((logged.to_series() & ~finite.to_series().fill_null(True)).sum())
