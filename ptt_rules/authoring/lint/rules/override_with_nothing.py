"""PTT673: an `override policy` without a reaction."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for source, item in subject.items(tree.OverridePolicy):
        if not item.reactions:
            message = f"with this, `{item.policy.dotted}` does nothing"
            hint = "name the policy `observe` where the pack is loaded, and leave this one as it is"
            yield Finding(source, item.policy.span, message, hint)


RULE = Rule(
    Code(
        "PTT673",
        "override of a policy with nothing",
        what="An `override policy` has no reaction. It replaces the policy whole.",
        why="Whoever chooses the policy by its name believes that the run is guarded.",
        failing=Rules("""\
pack acme 1.0.0 {
  extends grpo "~=1.0"
}
override policy guard {
}
"""),
        fixed=Rules("""\
pack acme 1.0.0 {
  extends grpo "~=1.0"
}
override policy guard {
  on critical { checkpoint  stop }
}
"""),
    ),
    check,
)
