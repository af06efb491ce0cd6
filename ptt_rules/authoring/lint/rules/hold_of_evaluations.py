"""PTT627: a `for` on a metric of evaluations that the rows of training count."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rows import is_of_evaluations
from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, clauses_of
from ptt_rules.language import Measure
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Detector, LevelCondition, Metric, columns_among, outside_questions
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.detectors:
        judged = any(True for _ in clauses_of(detector, tree.JudgedClause))
        for level in () if judged else detector.levels:
            hold = level.hold
            if hold.measure is Measure.JUDGEMENTS and hold.amount > 1:
                yield from _counted(detector, level)


def _counted(detector: Detector, level: LevelCondition) -> Iterator[Finding]:
    """What a level reads of evaluations, where a metric of training calls for judgements too."""
    read = columns_among(outside_questions([level.condition]))
    metrics = [one for one in detector.metrics if one.keys in read]
    evaluated = [one for one in metrics if is_of_evaluations(one.keys)]
    trained = [one for one in detector.metrics if _calls(detector, one)]
    if not evaluated or not trained:
        return
    for source, clause in clauses_of(detector, tree.LevelClause):
        if clause.level == level.level.word:
            name = evaluated[0].name
            message = f"`for {level.hold.amount:g}` counts the rows of `{trained[0].name}` too, "
            message += f"at which `{name}` is as it was last"
            hint = f"write `judged on {name}` to count evaluations, or a `for` in steps"
            yield Finding(source, clause.condition.span, message, hint)


def _calls(detector: Detector, metric: Metric) -> bool:
    """Whether the rows of training that have a metric are rows at which a detector is judged."""
    return metric.keys in columns_among(detector.calls) and not is_of_evaluations(metric.keys)


RULE = Rule(
    Code(
        "PTT627",
        "`for` on evaluations that rows of training count",
        what="A level compares a metric of evaluations and must hold for some judgements. The "
        "detector reads a metric of training too, so that it is judged at each training log, "
        "where the metric of evaluations is what it was last.",
        why="One bad evaluation fires the rule a few training logs later: the hold that should "
        "ask for a second one does nothing.",
        failing=Rules("""\
metric loss: loss = "loss"
metric eval_loss: loss = "eval_loss"

detector overfitting {
  high      when eval_loss > 1.5 * mean(loss[20])
  for       2
}
"""),
        fixed=Rules("""\
metric loss: loss = "loss"
metric eval_loss: loss = "eval_loss"

detector overfitting {
  judged on eval_loss
  high      when eval_loss > 1.5 * mean(loss[20])
  for       2
}
"""),
        doubt="Where the metric of training is what must hold, the rule is right.",
    ),
    check,
)
