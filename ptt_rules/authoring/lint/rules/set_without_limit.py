"""PTT680: `set` as often as the trigger fires."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Hyperparameter, Node, walk
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for source, item in subject.policies():
        policy = subject.pack.policies[item.name.word]
        for written, reaction in zip(item.reactions, policy.reactions, strict=True):
            for action, checked in zip(written.actions, reaction.actions, strict=True):
                if (
                    isinstance(action, tree.SetAction)
                    and reaction.at_most is None
                    and checked.formula is not None
                    and not _has_ends(subject, checked.formula)
                ):
                    message = f"`{action.hyperparameter.word}` is changed as often as this fires"
                    hint = "give a limit after the braces, `at most 2 times`, or both ends in the "
                    hint += "formula: `clamp(..., LOW, HIGH)`"
                    yield Finding(source, action.span, message, hint)


def _has_ends(subject: Subject, formula: Node) -> bool:
    """Whether doing it again and again leads nowhere: it does not build on itself, or has ends."""
    if not any(isinstance(part, Hyperparameter) for part in walk([formula])):
        return True
    interval = subject.bounds.number(formula)
    return math.isfinite(interval.low) and math.isfinite(interval.high)


RULE = Rule(
    Code(
        "PTT680",
        "`set` without a limit",
        what="A reaction changes a hyper-parameter, and nothing bounds how often: there is no "
        "`at most`, the formula builds on what was set before, and it has not two ends, as a "
        "`clamp` has.",
        why="Changes multiply. A rule that flickers halves a learning rate to nothing within some "
        "hundred steps, and the run looks stable.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
policy tame {
  on kl_runaway { set learning_rate = learning_rate * 0.5 }
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
policy tame {
  on kl_runaway { set learning_rate = learning_rate * 0.5 } at most 2 times
}
"""),
    ),
    check,
)
