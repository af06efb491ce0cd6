"""PTT614: an operation that has no result for any number in its range."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Apply, Arithmetic, Node


def check(subject: Subject) -> Iterator[Finding]:
    for placed, node in (*subject.written(Apply), *subject.written(Arithmetic)):
        operands: tuple[Node, ...] = node.children
        if not subject.bounds.number(node).is_empty:
            continue
        if any(subject.bounds.number(operand).is_empty for operand in operands):
            continue  # told of the operand
        message = f"`{placed.text}` is never known: what it is of has no such result"
        hint = "look at the ranges: no logarithm or root of negative numbers, no division by 0"
        yield Finding(placed.source, node.span, message, hint, note="always unknown")


RULE = Rule(
    Code(
        "PTT614",
        "expression that is never known",
        what="By the declared ranges this is the logarithm or the square root of a negative "
        "number, or a quotient by 0, at every row. Such a result is unknown.",
        why="A comparison with an unknown is unknown, so the rule never fires.",
        failing=Rules("""\
metric logps_chosen: nats in ..0 = "logps/chosen"

detector likelihood_lost {
  high when log(mean(logps_chosen[20])) < -5
}
"""),
        fixed=Rules("""\
metric logps_chosen: nats in ..0 = "logps/chosen"

detector likelihood_lost {
  high when mean(logps_chosen[20]) < -150
}
"""),
    ),
    check,
)
