"""PTT683: `set` of what no trainer reads while it trains."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.check import listed, nearest
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.syntax import tree
from ptt_rules.language.trainers import (
    HYPERPARAMETER_HABITS,
    hyperparameters_of_any,
    known_arguments,
    who,
)


def check(subject: Subject) -> Iterator[Finding]:
    known = hyperparameters_of_any(subject.trainers)
    for source, policy in subject.policies():
        for reaction in policy.reactions:
            for action in reaction.all_actions:
                if (
                    isinstance(action, tree.SetAction | tree.ResetAction)
                    and action.hyperparameter.word not in known
                ):
                    message, hint = _fault(action.hyperparameter.word, subject.trainers, known)
                    yield Finding(source, action.hyperparameter.span, message, hint)


def _fault(word: str, algorithms: Collection[str], known: Collection[str]) -> tuple[str, str]:
    message = f"no trainer {who(algorithms)} has a hyper-parameter `{word}`"
    if word in hyperparameters_of_any():
        message = f"no trainer {who(algorithms)} can change `{word}`"
    elif word in known_arguments():
        message = f"trainers do not read `{word}` anew while they train"
    habit = HYPERPARAMETER_HABITS.get(word)
    near = habit if habit in known else nearest(word, known)
    return message, f"did you mean `{near}`?" if near else f"these can be set: {listed(known)}"


RULE = Rule(
    Code(
        "PTT683",
        "`set` of what cannot be set",
        what="A reaction sets something that is not a hyper-parameter of the trainers of the "
        "pack's `algorithms`, or that they read only once, when they are created. A name that no "
        "trainer has is an error (PTT101) if the pack names algorithms that ptt knows.",
        why="A run with this policy is refused before its first step (PTT506), while a replay "
        "looks fine.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
policy tame {
  on kl_runaway { set warmup_steps = 100 } at most 1 time
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
policy tame {
  on kl_runaway { set learning_rate = learning_rate * 0.5 } at most 1 time
}
"""),
    ),
    check,
)
