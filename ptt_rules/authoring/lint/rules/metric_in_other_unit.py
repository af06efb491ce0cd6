"""PTT654: a metric in another unit than what the trainer logs."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.metrics import meanings
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for source, item in subject.items(tree.MetricDecl):
        units = {
            row.unit.value
            for key in item.keys.items
            for row in meanings(key.value, subject.trainers)
        }
        if len(units) == 1 and item.unit.word not in (*units, "none"):
            (unit,) = units
            message = f"`{item.name.word}` is declared in {item.unit.word}, and is logged in {unit}"
            yield Finding(source, item.unit.span, message, f"write `{unit}`", note=f"is {unit}")


RULE = Rule(
    Code(
        "PTT654",
        "metric in another unit than it is logged in",
        what="Trainers log this key, and its unit is another one than the metric declares. A "
        "metric in `none` is left alone.",
        why="Units are checked, so with the wrong unit correct comparisons are refused and wrong "
        "ones pass.",
        failing=Rules("""\
metric entropy: score in 0.. = "entropy"

detector entropy_collapse {
  high when mean(entropy[20]) < 0.1
}
"""),
        fixed=Rules("""\
metric entropy: nats in 0.. = "entropy"

detector entropy_collapse {
  high when mean(entropy[20]) < 0.1
}
"""),
        doubt="A trainer of your own may log the same key in another unit.",
    ),
    check,
)
