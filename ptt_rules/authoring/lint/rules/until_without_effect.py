"""PTT631: an `until` that is true as soon as no level holds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from ptt_rules.authoring.lint.implication import Implications, negated
from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, clauses_of
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Or
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    implications = Implications(subject.program, subject.bounds)
    for detector in subject.detectors:
        if detector.until is None:
            continue
        conditions = [level.condition for level in detector.levels]
        some = reduce(lambda one, other: Or(one.span, one, other), conditions)
        if not implications.implies(negated(some), detector.until):
            continue
        for source, clause in clauses_of(detector, tree.UntilClause):
            message = "this `until` is redundant: a firing already ends when no level holds"
            hint = "leave it out, or give it a bound that is farther from the one that fires"
            yield Finding(source, clause.condition.span, message, hint)


RULE = Rule(
    Code(
        "PTT631",
        "`until` that has no effect",
        what="A firing ends when no level's condition is true and `until` is. Here `until` is "
        "true whenever the conditions are false: it is their opposite, or a looser bound than "
        "theirs.",
        why="An `until` gives a rule two bounds, so that it does not flicker around one. This one "
        "does not, and the rule flickers. It only matters where the condition is unknown.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  let now = mean(kl[20])
  high  when now > 0.3
  until now < 0.5
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  let now = mean(kl[20])
  high  when now > 0.3
  until now < 0.2
}
"""),
    ),
    check,
)
