"""PTT622: `for 1`, which is the default."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.edits import without
from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, clauses_of
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.pack.detectors.values():  # an override may shorten a hold
        # in the braces of a level it may shorten the detector's own
        holds = [*clauses_of(detector, tree.ForClause)]
        for source, clause in holds if len(holds) == 1 else ():
            if clause.length.unit is None and clause.length.value == 1:
                message = "`for 1` is the default: a level fires at the first judgement"
                edit = without(source, clause.span)
                yield Finding(source, clause.span, message, "leave it out", edit=edit)


RULE = Rule(
    Code(
        "PTT622",
        "`for 1` that says the default",
        what="A level fires once it has held for one judgement, unless `for` says otherwise.",
        why="A reader looks for the delay, and there is none. In an `override` it may shorten a "
        "longer one, and is left alone.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
  for  1
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
"""),
    ),
    check,
    is_fixable=True,
)
