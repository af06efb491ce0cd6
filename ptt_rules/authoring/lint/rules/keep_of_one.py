"""PTT632: `keep 1`, which keeps nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.edits import without
from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, clauses_of
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.pack.detectors.values():  # an override may shorten it
        for source, clause in clauses_of(detector, tree.KeepClause):
            if clause.length.value == 1 and clause.length.unit is None:
                written = source.slice(clause.span)
                message = f"`{written}` keeps nothing: a firing ends at the next judgement earliest"
                edit = without(source, clause.span)
                hint = "leave it out, or keep for longer, such as `keep 20`"
                yield Finding(source, clause.span, message, hint, edit=edit)


RULE = Rule(
    Code(
        "PTT632",
        "`keep` that has no effect",
        what="A detector that fires is judged again at the next row of its metrics, so that it "
        "goes on firing for one judgement in any case.",
        why="It looks as if short ups and downs were joined into one firing, but they are not.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
  keep 1
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
  keep 20
}
"""),
    ),
    check,
    is_fixable=True,
)
