"""PTT685: `reset` of what the policy never sets."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for source, policy in subject.policies():
        actions = [action for reaction in policy.reactions for action in reaction.all_actions]
        named = {one.hyperparameter.word for one in actions if isinstance(one, tree.SetAction)}
        for action in actions:
            if isinstance(action, tree.ResetAction) and action.hyperparameter.word not in named:
                word = action.hyperparameter.word
                message = f"nothing in this policy sets `{word}`, so that nothing is reset"
                yield Finding(source, action.span, message, "leave it out, or set it first")


RULE = Rule(
    Code(
        "PTT685",
        "`reset` of what is never set",
        what="A reaction resets a hyper-parameter that no reaction of the policy sets.",
        why="It changes nothing: a run uses one policy, and nothing else sets hyper-parameters.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
policy tame {
  on kl_runaway { set learning_rate = learning_rate * 0.5 } at most 2 times
  on kl_runaway resolves { reset beta }
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
policy tame {
  on kl_runaway { set learning_rate = learning_rate * 0.5 } at most 2 times
  on kl_runaway resolves { reset learning_rate }
}
"""),
    ),
    check,
)
