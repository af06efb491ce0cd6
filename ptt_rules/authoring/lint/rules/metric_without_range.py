"""PTT653: a metric without the range that its key has by definition."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.rules import (
    comparison_never_known,
    contradictory_condition,
    divisor_may_be_zero,
    level_never_shown,
    threshold_outside_range,
    until_without_effect,
)
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language import Edit, Span
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.metrics import meanings
from ptt_rules.language.passes import Interval
from ptt_rules.language.syntax import tree

_OF_RANGES = (
    threshold_outside_range,
    contradictory_condition,
    divisor_may_be_zero,
    comparison_never_known,
    level_never_shown,
    until_without_effect,
)
"""Rules that can find something once a metric has a range."""


def check(subject: Subject) -> Iterator[Finding]:
    for source, item in subject.items(tree.MetricDecl):
        rows = [row for key in item.keys.items for row in meanings(key.value, subject.trainers)]
        known = {(row.range_text, row.low, row.high) for row in rows}
        if item.range is not None or len(known) != 1:
            continue
        ((text, low, high),) = known
        if text:
            message = f"`{item.name.word}` has no range, and what it measures lies in {text}"
            edit = Edit(Span(item.unit.span.end, item.unit.span.end), f" in {text}")
            keys = tuple(key.value for key in item.keys.items)
            is_quiet = _is_quiet(subject, keys, Interval.of(low, high))
            hint = f"write `{item.unit.word} in {text}`"
            yield Finding(source, item.name.span, message, hint, edit=edit if is_quiet else None)


def _is_quiet(subject: Subject, keys: tuple[str, ...], interval: Interval) -> bool:
    """Whether the range decides no comparison, so that it can be put in unasked."""
    tried = Subject(subject.files, {keys: interval})
    return not _found(tried) - _found(subject)


def _found(subject: Subject) -> set[tuple[str, Span]]:
    return {(one.source.name, one.span) for rule in _OF_RANGES for one in rule.check(subject)}


RULE = Rule(
    Code(
        "PTT653",
        "metric without its range",
        what="Trainers log this key, and by its definition it cannot leave a range: a share lies "
        "in 0..1, a norm is never negative. The metric declares none.",
        why="With the range, the linter finds bounds that can never be met; without it, a rule "
        "that compares a fraction with 90 is silent for ever.",
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
