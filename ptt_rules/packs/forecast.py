"""Forecast: which detectors of a pack will be able to judge a run that has not begun.

The same questions as at the end of a run (`ptt_rules.evaluation.lacks`), asked of the rows that
the training arguments announce, so that the start and the end of a run count the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ptt_rules.evaluation import CompiledDetector, Unjudged, lacking, why_unknown
from ptt_rules.evaluation.row import Stream
from ptt_rules.language import Measure
from ptt_rules.language.ir import nodes
from ptt_rules.language.passes import Program
from ptt_rules.language.trainers import known_arguments
from ptt_rules.logs import NO_SIBLINGS, RunContext, Siblings
from ptt_rules.packs.schedule import UNTOLD, Schedule

EVAL = "eval_"
Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """The rows to come, as evidence; `is_scheduled` says which keys come with logs at all."""

    program: Program
    schedule: Schedule
    is_scheduled: Callable[[Keys], bool]
    siblings: Siblings = NO_SIBLINGS
    facts: Mapping[str, Any] | None = None
    """What is recorded of the run beside its arguments; None: that comes at its start."""

    def lacking(self, one: CompiledDetector) -> Unjudged | None:
        """The inputs that a detector, or the first instance of its family, will lack."""
        return lacking(one, self, self._judgements)

    def rows_with(self, operation: int) -> float:
        keys = _keys_of(self.program.operations[operation].node)
        if keys is None:
            return UNTOLD
        if not self.is_scheduled(keys):
            return UNTOLD
        schedule = self.schedule
        return max(
            schedule.evaluations.times if key.startswith(EVAL) else schedule.logs.times
            for key in keys
        )

    def is_known(self, operation: int) -> bool:
        return self._rows(self.program.operations[operation].inputs) > 0

    def observations(self, stream: Stream) -> float:
        return self._rows(stream.inputs)

    def why_unknown(self, node: nodes.Given) -> str | None:
        arguments = self.schedule.arguments
        if isinstance(node, nodes.Config) and node.name not in arguments:
            is_open = not self.schedule.is_whole and node.name in known_arguments()
            return None if is_open else "is not set"
        if isinstance(node, nodes.RunFact) and self.facts is None:
            return None
        return why_unknown(node, RunContext(arguments, self.facts or {}))

    @property
    def has_end(self) -> bool:
        return self.schedule.last_step < UNTOLD or not self.schedule.is_whole

    def stands(self, measure: Measure) -> float | None:
        return self.schedule.last_step if measure is Measure.STEPS else UNTOLD

    # ---- rows of series --------------------------------------------------------------------

    def _rows(self, series: Iterable[int]) -> float:
        """How many rows have all of some series."""
        columns = [column for one in series for column in self._needed(one)]
        rows = min((self.rows_with(column) for column in columns), default=self.schedule.rows)
        kinds = {_is_evaluated(self.program.operations[column].node) for column in columns}
        # an evaluation has a row of its own, so that what needs keys of both is in none
        return 0 if kinds >= {True, False} else rows

    def _needed(self, number: int) -> Iterable[int]:
        """The columns that a series needs."""
        operation = self.program.operations[number]
        if isinstance(operation.node, (nodes.Known, nodes.Coalesce, *_LOOKS_BACK)):
            return ()
        if _keys_of(operation.node) is not None:
            return (number,)
        if isinstance(operation.node, (nodes.Formula, nodes.Current)):
            return self._needed(operation.inputs[0]) or operation.inputs[1:2]
        return tuple(column for one in operation.operands for column in self._needed(one))

    def _judgements(self, one: CompiledDetector) -> float:
        """How many rows call a detector up: those of logs, those of evaluations, or both."""
        by_kind: dict[bool | None, float] = {}
        for call in one.calls:
            kinds = {_is_evaluated(self.program.operations[c].node) for c in self._needed(call)}
            kind = kinds.pop() if len(kinds) == 1 else None
            by_kind[kind] = max(by_kind.get(kind, 0), self._rows([call]))
        return sum(by_kind.values()) if by_kind else self.schedule.rows


_LOOKS_BACK = (nodes.Aggregate, nodes.Streak, nodes.Latest)
"""What is known in rows without its series: only in a formula are they a part of a series."""


def _keys_of(node: nodes.Node) -> Keys | None:
    if isinstance(node, nodes.Column):
        return node.keys
    return node.patterns if isinstance(node, nodes.FamilyColumn) else None


def _is_evaluated(node: nodes.Node) -> bool | None:
    """Whether a column is of evaluations; None where it may be of either kind of row."""
    found = {key.startswith(EVAL) for key in _keys_of(node) or ()}
    return found.pop() if len(found) == 1 else None
