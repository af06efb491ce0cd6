"""PTT648: a summary that does not fit a line."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, clauses_of
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.syntax import tree

LONGEST = 70


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.detectors:
        for source, clause in clauses_of(detector, tree.TextClause):
            length = len(clause.text.value)
            if clause.word == "summary" and (length > LONGEST or "\n" in clause.text.value):
                message = f"this summary has {length} characters, a heading has at most {LONGEST}"
                hint = "say what is wrong in a few words, and the rest in `message` and `why`"
                yield Finding(source, clause.text.span, message, hint)


RULE = Rule(
    Code(
        "PTT648",
        "summary that is too long",
        what=f"The summary is the heading of a finding, on one line of at most {LONGEST} "
        "characters.",
        why="Lists and notifications cut it off, and what is cut off is what matters.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  summary "The policy is so far from the reference that a reward means nothing now"
  high when mean(kl[20]) > 0.3
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  summary "The policy runs away from the reference"
  high when mean(kl[20]) > 0.3
}
"""),
    ),
    check,
)
