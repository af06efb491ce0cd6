"""PTT611: parts of an `and` that exclude each other."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.implication import Implications
from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import And, Node


def check(subject: Subject) -> Iterator[Finding]:
    implications = Implications(subject.program, subject.bounds)
    for placed, both in subject.written(And):
        parts = list(_parts(both))
        if not subject.bounds.truth(both).can_hold or any(
            implications.contradict(one, other)
            for index, one in enumerate(_parts(both.left))
            for other in parts[index + 1 :]
        ):
            if any(not subject.bounds.truth(part).can_hold for part in parts):
                continue  # one part alone is never true, which is told of that part
            message = f"`{placed.text}` is never true: its parts exclude each other"
            hint = "join them with `or`, or change one of the bounds"
            yield Finding(placed.source, both.span, message, hint, note="never true")


def _parts(node: Node) -> Iterator[Node]:
    if isinstance(node, And):
        yield from _parts(node.left)
        yield from _parts(node.right)
    else:
        yield node


RULE = Rule(
    Code(
        "PTT611",
        "condition whose parts exclude each other",
        what="Two parts joined by `and` are never true together: both bound the same quantity, "
        "and no number is within both bounds.",
        why="The condition is never true, so the rule is silent for ever.",
        failing=Rules("""\
metric entropy: nats in 0.. = "entropy"

detector entropy_astray {
  high when entropy < 0.1 and entropy > 5
}
"""),
        fixed=Rules("""\
metric entropy: nats in 0.. = "entropy"

detector entropy_astray {
  high when entropy < 0.1 or entropy > 5
}
"""),
    ),
    check,
)
