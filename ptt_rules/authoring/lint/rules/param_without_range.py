"""PTT658: a parameter that can be set to anything."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for source, item in subject.items(tree.ParamDecl):
        if item.range is None:
            message = f"`{item.name.word}` can be set to any number"
            written = source.slice(item.default.span)
            hint = f"say what is meaningful: `param {item.name.word} = {written} in ...`"
            yield Finding(source, item.name.span, message, hint)


RULE = Rule(
    Code(
        "PTT658",
        "parameter without a range",
        what="A range says which values of a parameter make sense. Values set from outside are "
        "checked against it.",
        why="A fraction given as 40 instead of 0.4 turns a rule off silently.",
        failing=Rules("""\
metric entropy: nats in 0.. = "entropy"
param floor = 10%

detector entropy_collapse {
  high when mean(entropy[20]) < floor * mean(entropy[200])
}
"""),
        fixed=Rules("""\
metric entropy: nats in 0.. = "entropy"
param floor = 10% in 1%..50%

detector entropy_collapse {
  high when mean(entropy[20]) < floor * mean(entropy[200])
}
"""),
    ),
    check,
)
