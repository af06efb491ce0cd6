"""PTT612: `==` with a number that a float hardly ever is."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language import Kind, Shape, Unit
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Aggregate, Compare, Constant, Node

_SLACK = 0.01
"""The share of the number by which the hint widens it."""


def check(subject: Subject) -> Iterator[Finding]:
    for placed, compare in subject.written(Compare):
        number, other = _sides(compare)
        if compare.operator not in ("==", "!=") or number is None:
            continue
        if other.shape is Shape.CONSTANT or number.value == int(number.value):
            continue  # counters, and shares of exactly none or all, are whole numbers
        if _is_share(other):
            continue  # of a few observations it is one of a few numbers
        text, value = placed.source.slice(other.span), number.value
        low, high = sorted((value * (1 - _SLACK), value * (1 + _SLACK)))
        verb = "is hardly ever" if compare.operator == "==" else "is nearly always"
        message = f"`{placed.text}` {verb} true: measured numbers do not hit {value:g} exactly"
        inverse = "" if compare.operator == "==" else "not "
        hint = f"give a range, such as `{inverse}{text} in {low:.3g}..{high:.3g}`"
        yield Finding(placed.source, compare.span, message, hint)


def _is_share(node: Node) -> bool:
    """Whether it is a share of some truths."""
    return isinstance(node, Aggregate) and node.takes is Kind.BOOL and node.unit is Unit.RATIO


def _sides(compare: Compare) -> tuple[Constant | None, Node]:
    """The number of a comparison, and what it is compared with."""
    for number, other in ((compare.right, compare.left), (compare.left, compare.right)):
        if isinstance(number, Constant):
            return number, other
    return None, compare.left


RULE = Rule(
    Code(
        "PTT612",
        "exact comparison of a measured number",
        what="`==` is exact, and a measured number equals a fraction such as 0.69 only by chance. "
        "Whole numbers are left alone: a loss of exactly 0, or a fraction of exactly 1, is "
        "meaningful.",
        why="The rule is silent although the fault that it describes has occurred.",
        failing=Rules("""\
metric loss: loss = "loss"

detector loss_at_start {
  medium when median(loss[50]) == 0.693
}
"""),
        fixed=Rules("""\
metric loss: loss = "loss"

detector loss_at_start {
  medium when median(loss[50]) in 0.68..0.70
}
"""),
        doubt="A quantity that is always a multiple of that fraction can hit it.",
    ),
    check,
)
