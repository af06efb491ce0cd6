"""PTT653: a metric without the range that its key has by definition."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.codes import Code, Rules
from ptt_rules.diagnostics import Edit
from ptt_rules.lint.rule import Finding, Rule
from ptt_rules.lint.subject import Subject
from ptt_rules.metrics import find
from ptt_rules.source import Span
from ptt_rules.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for source, item in subject.items(tree.MetricDecl):
        known = {row.range_text for key in item.keys.items for row in find(key.value)}
        if item.range is None and len(known) == 1 and (text := known.pop()):
            message = f"`{item.name.word}` has no range, and what it measures lies in {text}"
            edit = Edit(Span(item.unit.span.end, item.unit.span.end), f" in {text}")
            hint = f"write `{item.unit.word} in {text}`"
            yield Finding(source, item.name.span, message, hint, edit=edit)


RULE = Rule(
    Code(
        "PTT653",
        "metric without its range",
        what="Trainers log this key, and by its definition it cannot leave a range: a share lies "
        "in 0..1, a norm is never negative. The metric declares none.",
        why="With the range, the linter finds bounds that can never be met; without it a rule "
        "that compares a share with 90 is silent for ever.",
        failing=Rules("""\
metric accuracies: ratio = "rewards/accuracies"

detector accuracy_lost {
  high when mean(accuracies[50]) < 0.4
}
"""),
        fixed=Rules("""\
metric accuracies: ratio in 0..1 = "rewards/accuracies"

detector accuracy_lost {
  high when mean(accuracies[50]) < 0.4
}
"""),
    ),
    check,
    is_fixable=True,
)
