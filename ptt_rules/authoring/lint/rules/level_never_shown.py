"""PTT630: a level that a worse one always covers."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.implication import Implications
from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, clauses_of
from ptt_rules.language import Label
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Detector, LevelCondition
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    implications = Implications(subject.program, subject.bounds)
    for detector in subject.detectors:
        for index, milder in enumerate(detector.levels):
            for worse in detector.levels[:index]:
                if worse.hold != milder.hold:
                    continue  # the milder one may be ripe before it, or after
                if implications.implies(milder.condition, worse.condition):
                    yield from _finding(detector, milder, worse)
                    break


def _finding(
    detector: Detector, milder: LevelCondition, worse: LevelCondition
) -> Iterator[Finding]:
    clauses = {
        clause.level: (source, clause) for source, clause in clauses_of(detector, tree.LevelClause)
    }
    source, clause = clauses[milder.level.word]
    other_source, other = clauses[worse.level.word]
    message = f"`{milder.level.word}` is never shown: where it is true, `{worse.level.word}` is too"
    labels = (Label(other.condition.span, "covers it", other_source),)
    hint = "the worse level needs the stricter bound: swap the two, or change one"
    yield Finding(source, clause.condition.span, message, hint, labels=labels)


RULE = Rule(
    Code(
        "PTT630",
        "level that a worse one always covers",
        what="The worst level whose condition is true counts. Whenever this one is true a worse "
        "one is true as well, so this level is never shown.",
        why="Two bounds, or a sign, were swapped: every case is reported as the worst, and "
        "policies stop a run that somebody should have looked at.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  let now = mean(kl[20])
  critical when now > 0.3
  medium   when now > 1
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  let now = mean(kl[20])
  critical when now > 1
  medium   when now > 0.3
}
"""),
    ),
    check,
)
