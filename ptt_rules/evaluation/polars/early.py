"""The first observations of a stream, until its windows of so many observations are full.

They are few, and windows that fill up have rules of their own, so that they are judged as a
live run judges them. From then on a window of the last ones always holds the same number, and
one of the first ones never changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ptt_rules.evaluation.polars.cells import Cell
from ptt_rules.evaluation.polars.observations import AtHand
from ptt_rules.evaluation.row import (
    BoolHistory,
    ComputeWindow,
    History,
    Needs,
    Now,
    need_window,
    window_function,
)
from ptt_rules.language import Kind
from ptt_rules.language.ir import FirstWindow, LastWindow, Window


@dataclass(frozen=True, slots=True)
class _Filling:
    """An aggregate whose window is full after some observations."""

    full_at: int
    compute: ComputeWindow


def full_at(window: Window) -> int:
    """After how many observations a window of a number of them holds all that it can."""
    assert isinstance(window, (LastWindow, FirstWindow))
    return window.count + window.left_out


class Early:
    """Aggregates of one stream over windows that fill up."""

    def __init__(self, cells: Iterable[Cell], *, is_of_pairs: bool) -> None:
        self._is_of_pairs = is_of_pairs
        needs, cells = Needs(), list(cells)
        for cell in cells:
            need_window(needs, cell.window)
        is_of_truths = any(cell.node.takes is Kind.BOOL for cell in cells)
        self._history = BoolHistory(needs) if is_of_truths else History(needs)
        self._filling = {
            cell.number: _Filling(
                full_at(cell.window), window_function(cell.node, self._history, cell.argument)
            )
            for cell in cells
        }
        self._end = max((one.full_at for one in self._filling.values()), default=0)

    def advance(self, at_hand: AtHand) -> dict[int, list[Any]]:
        """Values at the new observations up to the one with which each window is full."""
        values: dict[int, list[Any]] = {number: [] for number in self._filling}
        left = max(0, self._end - self._history.count)
        if not left:
            return values
        new = at_hand.frame.slice(at_hand.kept, left)
        older = new["x" if self._is_of_pairs else "y"]
        for x, y, step in zip(older, new["y"], new["step"], strict=True):
            now = Now(step, None)
            self._history.append((x, y) if self._is_of_pairs else y, now)
            for number, filling in self._filling.items():
                if self._history.count <= filling.full_at:
                    values[number].append(filling.compute(now))
        return values

    def take_over(self, other: Early) -> None:
        """Goes on from the past of another one with the same windows."""
        self._history.take_over(other._history)
