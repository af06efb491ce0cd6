"""PTT637: a condition on the absence of the very metrics that make a row be judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, clauses_of
from ptt_rules.language import Quantity
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import (
    Column,
    Detector,
    LevelCondition,
    Metric,
    Node,
    SpanWindow,
    columns_of,
    nodes,
)
from ptt_rules.language.passes import Bounds, Interval, compared
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.detectors:
        calling = {metric.name: metric for metric in _calling(detector)}
        for level in detector.levels if calling and detector.family is None else ():
            if _asks_absence(level.condition) and not _can_hold(subject.bounds, calling, level):
                yield from _finding(detector, calling, level)


def _calling(detector: Detector) -> Iterator[Metric]:
    """The metrics that call for a judgement."""
    keys = columns_of(detector.calls)
    return (metric for metric in detector.metrics if metric.keys in keys)


def _can_hold(bounds: Bounds, calling: Mapping[str, Metric], level: LevelCondition) -> bool:
    """Whether it can be true in a row that has one of the metrics, and perhaps others."""
    rows = (_RowWith(metric.keys, bounds) for metric in calling.values())
    return any(row.can_hold(level.condition) for row in rows)


def _finding(
    detector: Detector, calling: Mapping[str, Metric], level: LevelCondition
) -> Iterator[Finding]:
    for source, clause in clauses_of(detector, tree.LevelClause):
        if clause.level == level.level.word:
            message = "this is never true where it is judged: in rows that have "
            message += " or ".join(f"`{name}`" for name in calling)
            hint = "write `judged on every row`; what was never logged is unknown there, too"
            yield Finding(source, clause.condition.span, message, hint)


def _asks_absence(condition: Node) -> bool:
    parts = nodes.walk([condition])
    return any(isinstance(one, (nodes.Known, nodes.StepOf)) or _is_count(one) for one in parts)


def _is_count(node: Node) -> bool:
    return (
        isinstance(node, nodes.Aggregate)
        and node.statistic.is_always_known
        and isinstance(node.window, SpanWindow)
    )


@dataclass(frozen=True, slots=True)
class _RowWith:
    """A row that has the metric of these keys, and perhaps others."""

    keys: tuple[str, ...]
    bounds: Bounds

    def can_hold(self, node: Node, *, wanted: bool = True) -> bool:
        """Whether a truth can be as it is wanted here."""
        match node:
            case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
                ends = [self.can_hold(one, wanted=wanted) for one in (left, right)]
                return all(ends) if isinstance(node, nodes.And) is wanted else any(ends)
            case nodes.Not(operand=operand):
                return self.can_hold(operand, wanted=not wanted)
            case nodes.Known(operand=operand):
                return wanted or not self._has(operand)
            case nodes.Compare(operator=operator, left=left, right=right):
                truths = compared(operator, self._interval(left), self._interval(right))
                return truths.can_hold if wanted else truths.can_fail
        return True

    def _has(self, node: Node) -> bool:
        column = node.series if isinstance(node, nodes.Latest) else node
        return isinstance(column, Column) and column.keys == self.keys

    def _interval(self, node: Node) -> Interval:
        """The interval of a number here: an age is 0 at once, and a count at least 1."""
        match node:
            case nodes.Arithmetic(
                operator="-",
                left=nodes.Position(quantity=Quantity.STEP),
                right=nodes.Latest(series=nodes.StepOf(series=series)),
            ) if self._has(series):
                return Interval(0.0, 0.0)
            case nodes.Aggregate(statistic=statistic, series=(series,), window=window) if (
                statistic.is_always_known and self._has(series) and not window.before
            ):
                return Interval(1.0)
        return self.bounds.number(node)


RULE = Rule(
    Code(
        "PTT637",
        "absence joined with what is absent",
        what="The condition asks whether a metric is missing, and reads the same metric as a "
        "number. So the detector is judged in rows that have it: there `absent(x)` is false, and "
        "`age(x)` is 0. A metric that stands only inside `age`, `absent` or `observed` calls for "
        "no judgement.",
        why="The rule cannot fire, but it looks like a guard against a metric that vanishes.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_vanished {
  high when age(kl) > 100 and kl > 0.1
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_vanished {
  judged on every row
  high when age(kl) > 100 and kl > 0.1
}
"""),
    ),
    check,
)
