"""What the rows of a log have made known, judged as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from ptt_rules.evaluation.given import why_unknown
from ptt_rules.evaluation.polars import Columns, FrameProgram
from ptt_rules.evaluation.row import Stream, stream_of
from ptt_rules.language import Kind, Measure
from ptt_rules.language.ir import Aggregate, Given, nodes
from ptt_rules.language.passes import Program
from ptt_rules.logs import Siblings


@dataclass(frozen=True, slots=True)
class Past:
    """All rows that a program took. `seen` counts in how many of them columns were observed."""

    program: Program
    frame: FrameProgram
    seen: Mapping[int, int]

    def rows_with(self, operation: int) -> float:
        return self.seen.get(operation, 0)

    def is_known(self, operation: int) -> bool:
        return self.frame.is_known(operation)

    def observations(self, stream: Stream) -> float:
        return self.frame.observations(stream)

    def why_unknown(self, node: Given) -> str | None:
        return why_unknown(node, self.frame.context)

    @property
    def siblings(self) -> Siblings:
        return self.frame.context.siblings

    @property
    def has_end(self) -> bool:
        return self.frame.context.max_steps is not None

    def stands(self, measure: Measure) -> float | None:
        return self.frame.stands[measure]


@dataclass(frozen=True, slots=True)
class Before:
    """What a program knew before a chunk: observations, and the operations that had been known."""

    observations: Mapping[Stream, int]
    known: frozenset[int]

    @staticmethod
    def of(program: Program, frame: FrameProgram) -> Before:
        operations = [(one, one.node) for one in program.operations]
        streams = {stream_of(one, node) for one, node in operations if isinstance(node, Aggregate)}
        return Before(
            {stream: frame.observations(stream) for stream in streams},
            frozenset(one.number for one, _ in operations if frame.is_known(one.number)),
        )


@dataclass(frozen=True, slots=True)
class Cut(Past):
    """The rows up to one within the newest chunk, though the program took the whole of it.

    `columns` are those of the chunk up to that row.
    """

    before: Before
    columns: Columns

    def is_known(self, operation: int) -> bool:
        column = self.columns[operation]
        node = self.program.operations[operation].node
        if isinstance(node, nodes.Each):
            return operation in self.before.known or column.null_count() < len(column)
        if self.frame.carries(operation):
            return column[-1] is not None
        return isinstance(node, Aggregate) and (
            self.observations(stream_of(self.program.operations[operation], node)) > 0
        )

    def observations(self, stream: Stream) -> float:
        return self.before.observations[stream] + observed(stream, self.columns)

    def stands(self, measure: Measure) -> float | None:
        here: float | None = self.columns.rows.stamps(measure)[-1]
        return here


def observed(stream: Stream, columns: Columns) -> int:
    """How many observations of a stream there are in some rows."""
    is_number = stream.kind is Kind.NUMBER
    series = [columns[each] for each in stream.inputs]
    used = [one.is_finite() if is_number else one.is_not_null() for one in series]
    found = pl.select(pl.all_horizontal(pl.lit(one) for one in used).sum()).item()
    return int(found or 0)
