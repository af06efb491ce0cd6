"""One aggregate of a stream, and when it is known."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ptt_rules.language import Kind
from ptt_rules.language.functions import Computation
from ptt_rules.language.ir import Aggregate, Window


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
    def is_of_truths(self) -> bool:
        return self.node.takes is Kind.BOOL

    @property
    def window(self) -> Window:
        """The window over the observations of its stream, which may be pairs of neighbours."""
        return self.node.held

    @property
    def least(self) -> int:
        """Of how few observations it is known."""
        return 0 if self.node.statistic.is_always_known else self.node.least

    @property
    def computation(self) -> Computation:
        return self.node.computation(self.argument)

    @property
    def dtype(self) -> type[pl.DataType]:
        return dtype_of(self.node.kind)

    @property
    def of_nothing(self) -> float | None:
        """Its value before the first observation."""
        return 0.0 if self.node.statistic.is_always_known else None


def dtype_of(kind: Kind) -> type[pl.DataType]:
    return pl.Boolean if kind is Kind.BOOL else pl.Float64
