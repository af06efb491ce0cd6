"""PTT686: `rollback` as often as the reaction runs."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for source, policy in subject.policies():
        for reaction in policy.reactions:
            for action in () if reaction.at_most else reaction.actions:
                if isinstance(action, tree.RollbackAction):
                    hint = "give a limit after the braces: `at most 2 times then { stop }`"
                    yield Finding(source, action.span, "this may go back for ever", hint)


RULE = Rule(
    Code(
        "PTT686",
        "`rollback` without a limit",
        what="A reaction goes back to a checkpoint, and there is no `at most`.",
        why="What went wrong may go wrong again from the same checkpoint: the run goes back and "
        "forth, and pays for it, until somebody looks.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  critical when mean(kl[20]) > 3
}
policy rescue {
  on critical { rollback }
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  critical when mean(kl[20]) > 3
}
policy rescue {
  on critical { rollback } at most 2 times then { checkpoint stop }
}
"""),
    ),
    check,
)
