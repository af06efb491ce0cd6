"""One aggregate of a stream, and when it is known."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
        if self.node.statistic.is_always_known:
            return 0
        return max(self.node.least, self.window.full_from)

    @property
    def computation(self) -> Computation:
        return self.node.computation(self.argument)

    @property
    def dtype(self) -> type[pl.DataType]:
        return dtype_of(self.node.kind)

    @property
    def of_nothing(self) -> float | None:
        """Its value before the first observation."""
        return self.node.of_nothing

    @property
    def at_once(self) -> Cell:
        """The aggregate without its delay, by the same number."""
        return replace(self, node=replace(self.node, window=self.node.window.at_once))

    def where_known(self, found: pl.Series, sizes: pl.Series) -> pl.Series:
        """Null where it is of too few observations, none of which decides it.

        Shape: (windows,), (windows,) -> (windows,)
        """
        decided_by = self.node.statistic.decided_by
        if not self.least or (self.least == 1 and sizes.min()):
            return found
        too_few = sizes < self.least
        if decided_by is not None:
            too_few &= (found != decided_by) | (sizes == 0)
        return found.set(too_few, None)


def dtype_of(kind: Kind) -> type[pl.DataType]:
    return pl.Boolean if kind is Kind.BOOL else pl.Float64
