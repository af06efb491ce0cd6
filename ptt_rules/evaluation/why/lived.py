"""The life of a detector up to a row."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import polars as pl

from ptt_rules.evaluation.compiled import CompiledDetector
from ptt_rules.evaluation.given import why_unknown
from ptt_rules.evaluation.judge import Status
from ptt_rules.evaluation.lifecycle import Life, Moment
from ptt_rules.evaluation.replay import FrameReplay
from ptt_rules.evaluation.row import Stream
from ptt_rules.evaluation.unjudged import reason_of
from ptt_rules.language import Level, Measure
from ptt_rules.language.ir import columns_of, nodes
from ptt_rules.language.passes import Program
from ptt_rules.logs import Siblings


@dataclass(frozen=True, slots=True)
class Lived:
    """A detector after its judgements up to a row; `now` is the last one, if there was one."""

    life: Life
    now: Moment | None
    was_known: bool

    @property
    def since_step(self) -> int | None:
        """Since when it fires, or else since when the level that has held longest holds."""
        if self.life.fired is not None:
            return self.life.fired.step
        return min((moment.step for moment in self.life.held_since.values()), default=None)


class Past:
    """The judgements of a detector over a log."""

    def __init__(self, whole: FrameReplay, compiled: CompiledDetector) -> None:
        self._whole = whole
        self._compiled = compiled
        judged, levels = whole.judgements(compiled)
        self.rows: list[int] = judged.to_list()
        rows = whole.rows
        stands_at = (one.gather(judged) for one in (rows.steps, rows.clocks, rows.epochs))
        self._moments = [
            Moment(number, *stands) for number, stands in enumerate(zip(*stands_at, strict=True))
        ]
        self._worst: list[int] = levels.to_list()
        self._until = whole.until(compiled, judged)

    def moment(self, row: int) -> Moment:
        """Of the judgement at a row."""
        return self._moments[bisect_left(self.rows, row)]

    def walk(self) -> Iterator[tuple[int, Moment, Life]]:
        """Each judged row with its moment and the life after it, which then goes on."""
        life = Life(self._compiled.detector)
        for number, (row, moment) in enumerate(zip(self.rows, self._moments, strict=True)):
            worst = Level(self._worst[number]) if self._worst[number] else None
            if worst is not None or not life.is_quiet:
                life.judge(worst, self._until[number], moment)
            yield row, moment, life

    def lived(self, row: int) -> Lived:
        """The state after all judgements up to a row."""
        judgements = islice(self.walk(), bisect_right(self.rows, row))
        newest = next(iter(deque(judgements, maxlen=1)), None)
        if newest is None:
            return Lived(Life(self._compiled.detector), None, was_known=False)
        judged, now, life = newest
        return Lived(life, now, self._is_known(judged))

    def _is_known(self, row: int) -> bool:
        """Whether the condition of some level is known."""
        columns = self._whole.columns
        return any(columns[truth][row] is not None for _, truth in self._compiled.levels)

    def status(self, lived: Lived, row: int) -> Status:
        """The status after a row, as the live engine has it."""
        if lived.life.level is not None:
            return Status.FIRING
        if not self.exists(row) or missing_columns(self._whole, self._compiled, row):
            return Status.BLIND
        if lived.life.is_pending:
            return Status.PENDING
        if lived.was_known:
            return Status.OK
        judgements = called_count(self._whole, self._compiled, row)
        return Status(reason_of(self._compiled, UpTo(self._whole, row), judgements).value)

    def exists(self, row: int) -> bool:
        """Whether the instance has appeared; a detector of no family is always there."""
        family = self._compiled.family
        return family is None or observed_count(self._whole, family, row) > 0


@dataclass(frozen=True, slots=True)
class UpTo:
    """What the rows of a log up to one have made known."""

    whole: FrameReplay
    row: int

    @property
    def program(self) -> Program:
        return self.whole.program

    def rows_with(self, operation: int) -> float:
        return observed_count(self.whole, operation, self.row)

    def is_known(self, operation: int) -> bool:
        return bool(self.whole.columns[operation].head(self.row + 1).is_not_null().any())

    def observations(self, stream: Stream) -> float:
        return self.whole.observations(stream, self.row)

    def why_unknown(self, node: nodes.Given) -> str | None:
        return why_unknown(node, self.whole.context)

    @property
    def siblings(self) -> Siblings:
        return self.whole.context.siblings

    @property
    def has_end(self) -> bool:
        return self.whole.context.max_steps is not None

    def stands(self, measure: Measure) -> float | None:
        here: float | None = self.whole.rows.stamps(measure)[self.row]
        return here


def observed_count(whole: FrameReplay, column: int, row: int) -> int:
    """In how many rows up to one a column is observed."""
    so_far = whole.columns[column].head(row + 1)
    return len(so_far) - so_far.null_count()


def missing_columns(whole: FrameReplay, compiled: CompiledDetector, row: int) -> list[int]:
    """Columns that a detector needs and that no row up to one has."""
    return [column for column in compiled.needs if not observed_count(whole, column, row)]


def called_count(whole: FrameReplay, compiled: CompiledDetector, row: int) -> int:
    """At how many rows up to one a detector was due."""
    if not compiled.calls:
        return row + 1
    called = [whole.columns[call].head(row + 1).is_not_null() for call in compiled.calls]
    return int(pl.select(pl.any_horizontal(called).sum()).item() or 0)


def column_keys(whole: FrameReplay, column: int) -> tuple[str, ...]:
    """The keys of a column, or of the columns of an instance."""
    node = whole.program.operations[column].node
    return tuple(key for keys in sorted(columns_of([node])) for key in keys)
