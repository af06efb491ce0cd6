"""PTT657: a parameter whose default is an end of its range."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for source, item in subject.items(tree.ParamDecl):
        low, high = (item.range.low, item.range.high) if item.range else (None, None)
        if low is None or high is None or low.value == high.value:
            continue
        value = item.default.value
        if value in (low.value, high.value):
            way = "down" if value == high.value else "up"
            end = "upper" if value == high.value else "lower"
            message = f"the default of `{item.name.word}` is the {end} end of its range"
            hint = f"it can be tuned {way} only: widen the range, or choose a default inside of it"
            yield Finding(source, item.default.span, message, hint)


RULE = Rule(
    Code(
        "PTT657",
        "default at the edge of its range",
        what="A parameter has a range with two ends, and its default is one of them.",
        why="A user with too many reports can tune the rule only in the wrong direction. Usually "
        "the range was written around another default.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"
param limit = 0.3 in 0.3..2

detector kl_runaway {
  high when mean(kl[20]) > limit
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"
param limit = 0.3 in 0.05..2

detector kl_runaway {
  high when mean(kl[20]) > limit
}
"""),
        doubt="An end that turns a part of a rule off, such as 0, can be a good default.",
    ),
    check,
)
