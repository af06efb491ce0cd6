"""PTT610: a comparison that a metric's range decides."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Placed, Subject
from ptt_rules.language import Shape
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import And, Compare
from ptt_rules.language.passes import Interval


def check(subject: Subject) -> Iterator[Finding]:
    ranges = {
        (placed.source, both.span)
        for placed, both in subject.written(And)
        if both.left.span == both.span  # `x in a..b` is one comparison for its author
    }
    for placed, both in subject.written(And):
        if (placed.source, both.span) in ranges and isinstance(both.left, Compare):
            yield from _constant(subject, placed, both.left)
    for placed, compare in subject.written(Compare):
        if (placed.source, compare.span) not in ranges:
            yield from _constant(subject, placed, compare)


def _constant(subject: Subject, placed: Placed, compare: Compare) -> Iterator[Finding]:
    truths = subject.bounds.truth(placed.node)
    left = subject.bounds.number(compare.left)
    if not truths.is_constant or truths.is_unknown or compare.left.shape is Shape.CONSTANT:
        return
    word = "true" if truths.can_hold else "false"
    text = placed.source.slice(compare.left.span)
    message = f"`{placed.text}` is always {word}: `{text}` lies in {_shown(left)}"
    hint = "compare with a number inside of that range, or widen the metric's range"
    yield Finding(placed.source, placed.node.span, message, hint, note=f"always {word}")


def _shown(interval: Interval) -> str:
    low = f"{interval.low:g}" if interval.low > -float("inf") else ""
    high = f"{interval.high:g}" if interval.high < float("inf") else ""
    return f"{low}..{high}" if low or high else "all numbers"


RULE = Rule(
    Code(
        "PTT610",
        "comparison that the range of a metric decides",
        what="With the declared ranges of its metrics, and with parameters as they are set, this "
        "comparison is always true or always false. The ranges are followed through arithmetic, "
        "functions and aggregates.",
        why="A rule that can never fire looks like a healthy run, and one that always does is "
        "turned off. Often a share was meant as a number of percent, or a bound has the wrong "
        "sign.",
        failing=Rules("""\
metric clipped: ratio in 0..1 = "completions/clipped_ratio"

detector completions_cut_off {
  high when mean(clipped[20]) > 90
}
"""),
        fixed=Rules("""\
metric clipped: ratio in 0..1 = "completions/clipped_ratio"

detector completions_cut_off {
  high when mean(clipped[20]) > 90%
}
"""),
    ),
    check,
)
