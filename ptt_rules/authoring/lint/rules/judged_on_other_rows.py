"""PTT628: a rule judged at rows that have nothing of what its conditions read."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rows import is_of_evaluations
from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, clauses_of
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Detector, columns_of
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.detectors:
        for source, clause in clauses_of(detector, tree.JudgedClause):
            conditions = [level.condition for level in detector.levels]
            calling, read = columns_of(detector.calls), columns_of(conditions)
            if calling and read and _share_no_row(calling, read):
                here, there = _named(detector, calling), _named(detector, read)
                message = f"judged at rows of `{here}`, while `{there}` is read as it was last"
                hint = f"name `{there}`, or a metric of the same rows"
                yield Finding(source, clause.span, message, hint)


def _share_no_row(calling: set[tuple[str, ...]], read: set[tuple[str, ...]]) -> bool:
    """Whether one of the two is of evaluations alone, and the other of training alone."""
    one, other = ({is_of_evaluations(keys) for keys in group} for group in (calling, read))
    return len(one) == len(other) == 1 and one != other


def _named(detector: Detector, keys: set[tuple[str, ...]]) -> str:
    return next(metric.name for metric in detector.metrics if metric.keys in keys)


RULE = Rule(
    Code(
        "PTT628",
        "rule judged at rows that have none of its metrics",
        what="`judged on` names metrics that no condition reads, and that are logged in other "
        "rows than those that are read: evaluations have rows of their own.",
        why="At each judgement the conditions see what was logged last, perhaps long ago, and "
        "`for` counts the same value again and again.",
        failing=Rules("""\
metric loss: loss = "loss"
metric eval_loss: loss = "eval_loss"

detector overfitting {
  judged on loss
  high      when eval_loss > 3
}
"""),
        fixed=Rules("""\
metric loss: loss = "loss"
metric eval_loss: loss = "eval_loss"

detector overfitting {
  judged on eval_loss
  high      when eval_loss > 3
}
"""),
        doubt="A rule on training that is asked at each evaluation may be meant.",
    ),
    check,
)
