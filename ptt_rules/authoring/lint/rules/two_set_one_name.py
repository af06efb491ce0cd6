"""PTT684: two reactions that change one hyper-parameter, maybe in one row."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language import Label
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.syntax import tree

Changing = tree.SetAction | tree.ResetAction


def check(subject: Subject) -> Iterator[Finding]:
    for source, policy in subject.policies():
        first: dict[tuple[str, bool], tuple[tree.Reaction, Changing]] = {}
        for reaction in policy.reactions:
            for action in reaction.all_actions:
                if not isinstance(action, Changing):
                    continue
                name = action.hyperparameter.word
                # what is on where something resolves is not on where it fires
                key = name, reaction.trigger.ends is not None
                other, earlier = first.setdefault(key, (reaction, action))
                if other is not reaction:
                    message = f"this and another reaction may change `{name}` in one row"
                    hint = "the later one wins: let one of them say `except`, or join the two"
                    labels = (Label(earlier.span, "the other", source),)
                    yield Finding(source, action.span, message, hint, labels=labels)


RULE = Rule(
    Code(
        "PTT684",
        "two reactions on one hyper-parameter",
        what="Two reactions of a policy set or reset the same hyper-parameter, and both may run in "
        "one row. The later one in the file wins, and both see the value from before the row.",
        why="Whoever reads `set beta = beta * 2` in two places expects four times the value.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  critical when mean(kl[20]) > 3
  high     when mean(kl[20]) > 0.3
}
policy tame {
  on critical { set beta = beta * 4 } at most 2 times
  on high     { set beta = beta * 2 } at most 2 times
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  critical when mean(kl[20]) > 3
  high     when mean(kl[20]) > 0.3
}
policy tame {
  on high { set beta = beta * 2 } at most 3 times
}
"""),
        doubt="Two whose conditions exclude each other never run in one row.",
    ),
    check,
)
