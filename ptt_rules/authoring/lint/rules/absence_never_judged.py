"""PTT637: a condition on the absence of the very metrics that make a row be judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, clauses_of
from ptt_rules.language import Quantity
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Column, Detector, Node, SpanWindow, nodes
from ptt_rules.language.passes import Bounds, Interval, compared
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.detectors:
        if detector.family is not None or not detector.metrics:
            continue
        dead = [
            one.level.word
            for one in detector.levels
            if _is_dead(subject.bounds, detector, one.condition)
        ]
        for source, clause in clauses_of(detector, tree.LevelClause):
            if clause.level in dead:
                name = detector.metrics[0].name
                message = "this is never true where it is judged: in rows that have "
                message += " or ".join(f"`{metric.name}`" for metric in detector.metrics)
                hint = "read a metric that goes on being logged too, such as "
                hint += f"`isfinite(grad_norm) and {source.slice(clause.condition.span)}`"
                if len(detector.metrics) > 1 or name == "grad_norm":
                    hint = "read a metric too that goes on being logged where these do not"
                yield Finding(source, clause.condition.span, message, hint)


def _is_dead(bounds: Bounds, detector: Detector, condition: Node) -> bool:
    """Whether it speaks of absence, and is false whichever of the metrics the row has."""
    return _asks_absence(condition) and not any(
        _RowWith(metric.keys, bounds).can_hold(condition) for metric in detector.metrics
    )


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
            case nodes.Aggregate(statistic=statistic, series=(series,)) if (
                statistic.is_always_known and self._has(series)
            ):
                return Interval(1.0)
        return self.bounds.number(node)


RULE = Rule(
    Code(
        "PTT637",
        "absence that is never judged",
        what="The condition asks whether a metric is missing, and the detector reads no other "
        "metric that could be there then. A detector is judged in rows that have one of its "
        "metrics: there `absent(x)` is false, and `age(x)` is 0.",
        why="The rule cannot fire, but it looks like a guard against a metric that vanishes.",
        failing=Rules("""\
metric loss: loss = "loss"

detector loss_vanished {
  high when age(loss) > 100
}
"""),
        fixed=Rules("""\
metric loss: loss = "loss"
metric grad_norm: norm in 0.. = "grad_norm"

detector loss_vanished {
  high when isfinite(grad_norm) and age(loss) > 100
}
"""),
    ),
    check,
)
