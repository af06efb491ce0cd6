"""PTT616: a noisy metric judged at one row."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, clauses_of
from ptt_rules.language import Measure
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import (
    Aggregate,
    Column,
    Compare,
    Detector,
    FamilyColumn,
    Latest,
    Length,
    LevelCondition,
    Streak,
    walk,
)
from ptt_rules.language.metrics import EVAL, find
from ptt_rules.language.syntax import tree

_ORDERED = ("<", "<=", ">", ">=")


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.detectors:
        for level in detector.levels:
            if level.hold == Length(1, Measure.JUDGEMENTS):
                yield from _single(subject, detector, level)


def _single(subject: Subject, detector: Detector, level: LevelCondition) -> Iterator[Finding]:
    parts = list(walk([level.condition]))
    if any(isinstance(part, (Aggregate, Streak)) for part in parts):
        return
    noisy = [
        side
        for part in parts
        if isinstance(part, Compare) and part.operator in _ORDERED
        for side in (part.left, part.right)
        if isinstance(side, Latest) and _is_noisy(side)
    ]
    for source, clause in clauses_of(detector, tree.LevelClause):
        if noisy and clause.level == level.level.word:
            text = source.slice(noisy[0].span) if source in subject.sources else "a metric"
            message = f"one row of `{text}` is enough to fire, and it is noisy"
            hint = "add `for 3`, or judge a window, such as `median(...[10])`"
            yield Finding(source, clause.condition.span, message, hint)


def _is_noisy(latest: Latest) -> bool:
    """Whether a trainer logs a key of the column that moves from row to row in a healthy run."""
    column = latest.series
    keys: tuple[str, ...] = ()
    if isinstance(column, Column):
        keys = column.keys
    elif isinstance(column, FamilyColumn):
        keys = column.patterns
    return any(row.is_noisy for key in keys if not key.startswith(EVAL) for row in find(key))


RULE = Rule(
    Code(
        "PTT616",
        "noisy metric judged at a single row",
        what="The condition compares the latest value of a metric that moves from log to log in "
        "a healthy run, there is no window in it, and the detector has no `for`. Evaluations, "
        "schedules and exact comparisons are left alone.",
        why="One odd batch fires the rule. A rule that cries wolf is turned off, or stops a run "
        "that was well.",
        failing=Rules("""\
metric grad_norm: norm in 0.. = "grad_norm"

detector gradient_explosion {
  high when grad_norm > 100
}
"""),
        fixed=Rules("""\
metric grad_norm: norm in 0.. = "grad_norm"

detector gradient_explosion {
  high when grad_norm > 100
  for  3
}
"""),
        doubt="A bound far beyond everything that a healthy run shows may be meant for one row.",
    ),
    check,
)
