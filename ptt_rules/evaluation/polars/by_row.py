"""What columns cannot say: an operation as a column, computed row by row as a live run does.

The column is made by the live engine's own code, over a program of that one operation, whose
operands are columns already. What it remembers goes on from chunk to chunk. So nothing has to be
written twice: an operation that the row program has is had by the column program too, at the price
of some Python calls for each row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from ptt_rules.evaluation.polars.cells import dtype_of
from ptt_rules.evaluation.row import Crowded, LiveProgram, Stream, stream_of
from ptt_rules.language import NOWHERE
from ptt_rules.language.ir import Window, nodes
from ptt_rules.language.passes import Operation, Program
from ptt_rules.logs import Row, RunContext

ByRow = Callable[[nodes.Node], bool]

BY_ROW: tuple[type[nodes.Node], ...] = (nodes.Each, nodes.Members)
"""The nodes that have no column form of their own."""

WINDOWS_BY_ROW: tuple[type[Window], ...] = ()
"""The windows that have none; aggregates over them are computed row by row."""


def is_by_row(node: nodes.Node) -> bool:
    """Whether an operation is computed row by row."""
    if isinstance(node, nodes.Aggregate):
        return isinstance(node.window, WINDOWS_BY_ROW)
    return isinstance(node, BY_ROW)


_POSITIONS = ("step", "time", "epoch")


class RowColumn:
    """The column of one operation, from chunk to chunk.

    `fixed` are operations that are the same in all rows, with their values; `params` are the
    parameters of the program, which formulas of families read.

    Cost: some Python calls for each row
    """

    def __init__(
        self,
        operation: Operation,
        fixed: Mapping[int, float | bool | None],
        context: RunContext,
        params: Mapping[str, float] | None = None,
    ) -> None:
        self.number = operation.number
        self.stream: Stream | None = None
        """The observations that it is of, if it is an aggregate."""
        self.latest: float | bool | None = None
        node = operation.node
        if isinstance(node, nodes.Aggregate):
            self.stream = stream_of(operation, node)
        self._places = {number: n for n, number in enumerate(dict.fromkeys(operation.inputs))}
        self._keys = [str(number) for number in self._places if number not in fixed]
        leaves = [
            Operation(place, _leaf(number, fixed.get(number)), ())
            for number, place in self._places.items()
        ]
        self._own = len(leaves)
        inputs = tuple(self._places[number] for number in operation.inputs)
        program = Program(params or {}, operations=[*leaves, Operation(self._own, node, inputs)])
        self._reads_log = isinstance(node, nodes.Each)
        self._dtype = dtype_of(node.kind)
        self._live = LiveProgram(program, context)

    def advance(self, table: pl.DataFrame, frame: pl.DataFrame) -> pl.Series:
        """Takes the rows of a chunk: positions and operands are in the table, keys in the frame.

        Shape: (rows,)
        """
        if self._reads_log:
            return self._of_log(frame)
        cells_of = [table[name].to_list() for name in (*_POSITIONS, *self._keys)]
        live, values, keys, own = self._live, self._live.values, self._keys, self._own
        found = []
        for step, time, epoch, *cells in zip(*cells_of, strict=True):
            live.advance(Row(step, time, epoch, dict(zip(keys, cells, strict=True))))
            found.append(values[own])
        return self._column(found)

    def _of_log(self, frame: pl.DataFrame) -> pl.Series:
        """As the row program reads a log: with the keys that each row has."""
        keys = [name for name in frame.columns if name not in _POSITIONS]
        cells_of = [frame[name].to_list() for name in (*_POSITIONS, *keys)]
        live, values, own = self._live, self._live.values, self._own
        found = []
        for step, time, epoch, *cells in zip(*cells_of, strict=True):
            pairs = zip(keys, cells, strict=True)
            logged = {key: cell for key, cell in pairs if cell is not None}
            live.advance(Row(step, time, epoch, logged))
            found.append(values[own])
        return self._column(found)

    def _column(self, found: list[Any]) -> pl.Series:
        if found:
            self.latest = found[-1]
        return pl.Series(str(self.number), found, dtype=self._dtype)

    @property
    def is_known(self) -> bool:
        """Whether it was ever known, as far as it is carried from row to row."""
        return self.latest is not None or self._live.is_known(self._own)

    @property
    def crowded(self) -> list[Crowded]:
        """Families of which it leaves out instances."""
        return self._live.crowded()

    @property
    def fault(self) -> str | None:
        """What failed in some row."""
        return self._live.failures.get(self._own)

    @property
    def observations(self) -> int:
        """How many observations there were."""
        if self.stream is None:
            return 0
        return self._live.observations(self.stream.renumbered(self._places))

    def take_over(self, other: RowColumn) -> None:
        """Goes on from the past of another column of the same operation on other operands."""
        self._live.restore(other._live.state())
        self.latest = other.latest


def _leaf(number: int, value: float | bool | None) -> nodes.Node:
    """An operand: what is known and the same in all rows, or what a row has by its number.

    What is unknown in all rows is in none of them.
    """
    if value is None:
        return nodes.Column(NOWHERE, (str(number),))
    return nodes.Constant(NOWHERE, value)
