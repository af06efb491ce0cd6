"""PTT633: `again every 1`, an event at each row."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, clauses_of
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.detectors:
        for source, clause in clauses_of(detector, tree.AgainClause):
            if clause.length.value == 1 and clause.length.unit in (None, "step", "steps"):
                message = "a detector that goes on firing is reported at every row"
                hint = "choose a span in which somebody can act, such as `again every 100 steps`"
                yield Finding(source, clause.span, message, hint)


RULE = Rule(
    Code(
        "PTT633",
        "finding that is reported at every row",
        what="`again every 1` makes an event of every judgement at which a detector still fires.",
        why="One fault gives thousands of messages, and the important ones drown in them.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
  again every 1
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
  again every 100 steps
}
"""),
    ),
    check,
)
