"""What a condition lacks: the operands that no row so far has made known, and what they need.

What was logged decides, and not how a condition came out: `kl > 1 and eval_loss > 5` is false in
each row of low `kl`, and cannot be true in a run without evaluations. So the parts of a condition
are asked, by Kleene's rules, whether it can be true at all with what a run has had, or will have:
the same questions to the past of a live engine, to that of a replay, and, before a run, to what
its arguments tell of the rows to come.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Protocol

from ptt_rules.evaluation.beside import why_none
from ptt_rules.evaluation.row import Stream, is_carried, stream_of
from ptt_rules.language import Measure, Quantity
from ptt_rules.language.ir import nodes
from ptt_rules.language.passes import Operation, Program
from ptt_rules.logs import Siblings


class Reason(Enum):
    """Why something was never known, the one that more rows would cure first.

    What is broken is off: something failed that its rule needs.
    """

    WARMING = "warming"
    UNKNOWN = "unknown"
    BLIND = "blind"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Lack:
    """An operand that was never known.

    `columns` are the metrics that it reads. `needs` is from how many observations on it is known,
    where that is a matter of their number, and `had` how many there were. `text` says why it was
    never known, where that is not a matter of metrics or of their number.
    """

    reason: Reason
    columns: tuple[int, ...] = ()
    needs: int | None = None
    had: int | None = None
    text: str = ""
    measure: Measure = Measure.JUDGEMENTS


class Evidence(Protocol):
    """What is known of the rows of a run: those that were, or those that are to be."""

    @property
    def program(self) -> Program: ...

    def rows_with(self, operation: int) -> float:
        """In how many rows a column, or another series that is watched, is observed."""
        ...

    def is_known(self, operation: int) -> bool:
        """Whether what is carried from row to row, such as the newest value, was ever known."""
        ...

    def observations(self, stream: Stream) -> float:
        """How many observations of a stream there are; of pairs of neighbours the single ones."""
        ...

    def why_unknown(self, node: nodes.Given) -> str | None:
        """Why something of the run beside its log is unknown; None where it is known."""
        ...

    @property
    def siblings(self) -> Siblings:
        """The runs that it is compared with."""
        ...

    @property
    def has_end(self) -> bool:
        """Whether the last step of the run is known."""
        ...

    def stands(self, measure: Measure) -> float | None:
        """The step, time or epoch that the run has come to; None: the log tells none."""
        ...


@dataclass(frozen=True, slots=True)
class Outlook:
    """What keeps something from being known, or true; if nothing does, from which row on it is.

    `rows` is a lower bound: the fewest observations.
    """

    lacks: tuple[Lack, ...] = ()
    rows: int = 0

    @property
    def is_open(self) -> bool:
        return not self.lacks

    @property
    def distance(self) -> tuple[int, int]:
        """How far it is from being known: the worst reason, then the most observations."""
        worst = max((_ORDER[lack.reason] for lack in self.lacks), default=-1)
        return worst, max((lack.needs or 0 for lack in self.lacks), default=self.rows)


_ORDER = {reason: place for place, reason in enumerate(Reason)}
_POSSIBLE = Outlook()
_NOT_TOLD = {Measure.SECONDS: "the log has no time", Measure.EPOCHS: "the log has no epoch"}
_KLEENE = (nodes.And, nodes.Or, nodes.AtLeast, nodes.Not)


def worst_reason(lacks: Iterable[Lack]) -> Reason:
    return max((lack.reason for lack in lacks), key=_ORDER.__getitem__)


def _all(outlooks: Sequence[Outlook]) -> Outlook:
    """What needs all of its parts."""
    lacks = dict.fromkeys(lack for one in outlooks for lack in one.lacks)
    return Outlook(tuple(lacks), max((one.rows for one in outlooks), default=0))


def _any(outlooks: Sequence[Outlook]) -> Outlook:
    """What needs one of its parts: the nearest one."""
    return min(outlooks, key=lambda one: one.distance)


class Outlooks:
    """Whether operations of a program can be known, or true, with what a run has."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._operations = evidence.program.operations
        self._found: dict[tuple[int, bool | None], Outlook] = {}

    def of(self, number: int, wanted: bool | None = None) -> Outlook:
        """Whether an operation can be true, or false, or, where none is `wanted`, known."""
        key = number, wanted
        if key not in self._found:
            self._found[key] = self._look(self._operations[number], wanted)
        return self._found[key]

    def read(self, number: int) -> tuple[Lack, ...]:
        """All that an operation reads and that was never known, in the order of reading."""
        operation = self._operations[number]
        if self._is_forgiving(operation):
            return ()
        own = self._own(operation)
        if own:
            return own
        found = (lack for one in operation.operands for lack in self.read(one))
        return tuple(dict.fromkeys(found))

    def of_calls(self, calls: Sequence[int]) -> tuple[Lack, ...]:
        """Why none of some series was ever observed, so that nothing called for a judgement."""
        lacks = dict.fromkeys(lack for call in calls for lack in self._unseen(call))
        return tuple(lacks)

    def _unseen(self, call: int) -> tuple[Lack, ...]:
        """Why a series was never observed."""
        operation = self._operations[call]
        if isinstance(operation.node, nodes.OfDetector):
            return (_unknown(f"`{operation.node.detector}` was never judged"),)
        lacks, columns = self.of(call).lacks, self._columns(operation)
        if lacks or isinstance(operation.node, (nodes.Column, nodes.FamilyColumn)):
            return lacks
        together = "they are never in one row" if len(columns) > 1 else "no row gives it a number"
        return (_unknown(together, columns),)

    def _is_forgiving(self, operation: Operation) -> bool:
        """Whether it asks if something is known, or for how long not, or goes on without it."""
        if isinstance(operation.node, nodes.Latest):
            operation = self._operations[operation.inputs[0]]
            return isinstance(operation.node, nodes.StepOf)
        return isinstance(operation.node, (nodes.Known, nodes.Coalesce))

    # ---- truths ----------------------------------------------------------------------------

    def _look(self, operation: Operation, wanted: bool | None) -> Outlook:
        node, inputs = operation.node, operation.inputs
        if wanted is None and isinstance(node, _KLEENE):
            return _any([self.of(operation.number, truth) for truth in (True, False)])
        match node:
            case nodes.And() | nodes.Or():
                needs_all = isinstance(node, nodes.And) is wanted
                return (_all if needs_all else _any)([self.of(one, wanted) for one in inputs])
            case nodes.Not():
                return self.of(inputs[0], not wanted)
            case nodes.AtLeast():
                return self._at_least(inputs, wanted=bool(wanted))
            case nodes.Known():
                return self.of(inputs[0]) if wanted else _POSSIBLE
            case nodes.Compare(operator=">" | ">=") if wanted:
                return _all([*map(self.of, inputs), self._counted(operation)])
            case nodes.Aggregate():
                return self._aggregate(operation, node, wanted)
        return self._value(operation)

    def _at_least(self, inputs: Sequence[int], *, wanted: bool) -> Outlook:
        """The nearest ones of so many truths; it fails once so many of them are false."""
        count, *truths = inputs
        bound = self._operations[count].node
        least = math.ceil(bound.value) if isinstance(bound, nodes.Constant) else 1
        needs = least if wanted else len(truths) - least + 1
        nearest = sorted((self.of(one, wanted) for one in truths), key=lambda one: one.distance)
        return _all(nearest[: max(0, needs)])

    def _counted(self, operation: Operation) -> Outlook:
        """A count, or a streak, that cannot be above a number before there were so many."""
        counted, bound = (self._operations[one] for one in operation.inputs)
        is_count = (
            isinstance(counted.node, nodes.Aggregate) and counted.node.statistic.is_always_known
        )
        if not is_count and not isinstance(counted.node, nodes.Streak):
            return _POSSIBLE
        series = _all([self.of(one) for one in counted.inputs])
        if not series.is_open or not isinstance(bound.node, nodes.Constant):
            return series  # a count is always known, and that of what is never logged stays at 0
        assert isinstance(operation.node, nodes.Compare)
        is_strict = operation.node.operator == ">"
        least = bound.node.value
        if not math.isfinite(least):
            return series
        needs = math.floor(least) + 1 if is_strict else math.ceil(least)
        had = min((self.evidence.rows_with(one) for one in self._columns(counted)), default=needs)
        return self._enough(counted, max(needs, 1), had)

    # ---- numbers ---------------------------------------------------------------------------

    def _value(self, operation: Operation) -> Outlook:
        own = self._own(operation)
        if own:
            return Outlook(own)
        if isinstance(operation.node, nodes.Coalesce):
            return _any([self.of(one) for one in operation.inputs])
        if isinstance(operation.node, nodes.Formula):
            formula, *series = map(self.of, operation.inputs)
            return _all([formula, _any(series)])
        if isinstance(operation.node, nodes.Current):
            return self.of(operation.inputs[0])
        inner = _all([self.of(one) for one in operation.operands])
        is_observed = isinstance(operation.node, (nodes.Column, nodes.FamilyColumn))
        return Outlook(inner.lacks, max(inner.rows, int(is_observed)))

    def _own(self, operation: Operation) -> tuple[Lack, ...]:
        """What an operation lacks by itself, its inputs left aside."""
        number, node = operation.number, operation.node
        evidence = self.evidence
        match node:
            case nodes.Column() | nodes.FamilyColumn() | nodes.AnyOf() if not evidence.rows_with(
                number
            ):
                return (Lack(Reason.BLIND, (number,)),)
            case nodes.Given() if (why := evidence.why_unknown(node)) is not None:
                return (_unknown(f"`{node.text}` {why}"),)
            case nodes.OfSiblings():
                series = self._operations[operation.inputs[0]].node
                why_not = why_none(series, evidence.siblings)
                return (_unknown(why_not),) if why_not else ()
            case nodes.Position():
                return self._position(number, node.quantity)
            case nodes.Each() if not evidence.is_known(number):
                return self._never_of_instances(operation, node)
            case nodes.Latest(series=nodes.Prev()) if not evidence.is_known(number):
                before = self._operations[operation.inputs[0]]
                return self.read(before.inputs[1]) or self._enough(before, 2, 1).lacks
            case nodes.Latest() | nodes.Streak() if not evidence.is_known(number):
                return self._never_known(operation)
            case nodes.Aggregate():
                return self._aggregate(operation, node, None).lacks
        return ()

    def _position(self, number: int, quantity: Quantity) -> tuple[Lack, ...]:
        match quantity:
            case Quantity.PROGRESS if not self.evidence.has_end:
                return (_unknown("`config.max_steps` is not set"),)
            case Quantity.TIME if self.evidence.stands(Measure.SECONDS) is None:
                return (_unknown(_NOT_TOLD[Measure.SECONDS]),)
            case Quantity.EPOCH if self.evidence.stands(Measure.EPOCHS) is None:
                return (_unknown(_NOT_TOLD[Measure.EPOCHS]),)
        return ()

    def _never_of_instances(self, operation: Operation, node: nodes.Each) -> tuple[Lack, ...]:
        if node.statistic.is_always_known:
            return ()
        present = self.of(operation.inputs[0])
        return present.lacks or (_unknown("no instance has a number", operation.inputs[:1]),)

    def _never_known(self, operation: Operation) -> tuple[Lack, ...]:
        """Why a series has no observation: what it reads, or that it is never known together."""
        series = _all([self.of(one) for one in operation.inputs])
        columns = self._columns(operation)
        if series.lacks or not columns:
            return series.lacks
        if len(columns) > 1:
            return (_unknown("they are never in one row", columns),)
        return (_unknown("no row gives it a number", columns),)

    # ---- windows ---------------------------------------------------------------------------

    def _aggregate(
        self, operation: Operation, node: nodes.Aggregate, wanted: bool | None
    ) -> Outlook:
        if node.statistic.is_always_known:
            return _POSSIBLE
        of = operation.inputs[: len(node.series)]
        series = _all([self.of(one, wanted) for one in of])
        arguments = _all([self.of(one) for one in operation.inputs[len(of) :]])
        if not series.is_open or not arguments.is_open:
            return _all([series, arguments])
        for measure in node.window.measures:
            if self.evidence.stands(measure) is None:
                return Outlook((_unknown(_NOT_TOLD[measure]),))
        had = (
            float(self.evidence.is_known(operation.number))
            if is_carried(node)
            else self.evidence.observations(stream_of(operation, node))
        )
        columns = self._columns(operation)
        if not had and len(columns) > 1:
            return Outlook((_unknown("they are never in one row", columns),))
        enough = self._enough(operation, _needed(node, wanted), had)
        # its first observation comes where the series is known
        later = replace(enough, rows=enough.rows + max(series.rows, 1) - 1)
        return self._long_enough(operation, node) or (later if enough.is_open else enough)

    def _long_enough(self, operation: Operation, node: nodes.Aggregate) -> Outlook | None:
        """What keeps a window unknown that is moved back by a span: the run is shorter."""
        before = node.window.before
        if before is None or before.is_counted:
            return None
        had = self.evidence.stands(before.measure) or 0.0
        if had >= before.amount:
            return None
        columns = self._columns(operation)
        lack = Lack(Reason.WARMING, columns, math.ceil(before.amount), int(had), "", before.measure)
        return Outlook((lack,))

    def _enough(self, operation: Operation, needs: int, had: float) -> Outlook:
        if had >= needs:
            return Outlook((), needs)
        columns = self._columns(operation)
        return Outlook((Lack(Reason.WARMING, columns, needs, int(had)),))

    def _columns(self, operation: Operation) -> tuple[int, ...]:
        """The columns that an operation reads."""
        program = self.evidence.program
        return program.columns_in(program.reached_from([operation.number]))


def _unknown(text: str, columns: tuple[int, ...] = ()) -> Lack:
    return Lack(Reason.UNKNOWN, columns, text=text)


def _needed(node: nodes.Aggregate, wanted: bool | None) -> int:
    """From how many observations on an aggregate is known, or what is wanted of it."""
    window, decided_by = node.window, node.statistic.decided_by
    is_early = decided_by is not None and wanted in (None, decided_by)
    least = 1 if is_early else max(window.full_from, node.statistic.least_count)
    return least + window.left_out
