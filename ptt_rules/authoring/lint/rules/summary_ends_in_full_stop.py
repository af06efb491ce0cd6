"""PTT647: a summary that ends in a full stop."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, clauses_of
from ptt_rules.language import Edit, Span
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.detectors:
        for source, clause in clauses_of(detector, tree.TextClause):
            value = clause.text.value
            if clause.word != "summary" or not value.endswith(".") or value.endswith(".."):
                continue
            stop = source.slice(clause.text.span).rfind(".") + clause.text.span.start
            edit = Edit(Span(stop, stop + 1), "")
            message = "a summary is a heading: it ends without a full stop"
            yield Finding(source, Span(stop, stop + 1), message, "leave it out", edit=edit)


RULE = Rule(
    Code(
        "PTT647",
        "summary that ends in a full stop",
        what="The summary is a heading in reports and lists, and ends without a full stop. "
        "Messages, reasons and remedies are sentences and have one.",
        why="Reports mix the rules of many packs, and look like one text only if all keep to it.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  summary "The policy runs away from the reference."
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
    is_fixable=True,
)
