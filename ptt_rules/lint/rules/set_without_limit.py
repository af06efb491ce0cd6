"""PTT680: `set` as often as the trigger fires."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.codes import Code, Rules
from ptt_rules.lint.rule import Finding, Rule
from ptt_rules.lint.subject import Subject
from ptt_rules.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for source, policy in subject.items(tree.PolicyDecl):
        for reaction in policy.reactions:
            for action in reaction.actions:
                if isinstance(action, tree.SetAction) and reaction.at_most is None:
                    message = f"`{action.knob.word}` is changed as often as this fires"
                    hint = "give a limit behind the braces: `at most 2`"
                    yield Finding(source, action.span, message, hint)


RULE = Rule(
    Code(
        "PTT680",
        "`set` without a limit",
        what="A reaction changes a hyper-parameter, and nothing bounds how often: there is no "
        "`at most`.",
        why="Changes multiply. A rule that flickers halves a learning rate to nothing within "
        "some hundred steps, and the run looks stable.",
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
  on kl_runaway { set learning_rate = learning_rate * 0.5 } at most 2
}
"""),
    ),
    check,
)
