"""One aggregate of a stream, and when it is known."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ptt_rules.evaluation.merges import Merge, merge_of
from ptt_rules.evaluation.row import narrowed
from ptt_rules.language import Kind
from ptt_rules.language.functions import AGGREGATES
from ptt_rules.language.ir import Aggregate, Statistic, Window


@dataclass(frozen=True, slots=True)
class Cell:
    """An aggregate by the number of its operation; `argument` is a share or an allowance."""

    number: int
    node: Aggregate
    argument: float = 0.0

    @property
    def name(self) -> str:
        return str(self.number)

    @property
    def statistic(self) -> Statistic:
        return self.node.statistic

    @property
    def is_of_truths(self) -> bool:
        return self.node.takes is Kind.BOOL

    @property
    def window(self) -> Window:
        """The window over the observations of its stream, which for AUTOCORR are pairs."""
        is_lagged = self.statistic is Statistic.AUTOCORR
        return narrowed(self.node.window) if is_lagged else self.node.window

    @property
    def least(self) -> int:
        """Of how few observations it is known."""
        least = AGGREGATES[self.statistic.value].least_count
        return least - 1 if self.statistic is Statistic.AUTOCORR else least

    @property
    def merge(self) -> Merge | None:
        return merge_of(self.statistic, self.window, self.argument)

    @property
    def dtype(self) -> type[pl.DataType]:
        return dtype_of(self.node.kind)

    @property
    def of_nothing(self) -> float | None:
        """Its value before the first observation."""
        return 0.0 if self.statistic is Statistic.COUNT else None


def dtype_of(kind: Kind) -> type[pl.DataType]:
    return pl.Boolean if kind is Kind.BOOL else pl.Float64
