"""PTT651: a detector that is named after its check."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.syntax import tree

_HEAD = re.compile(r"(detect|check|alert|alert_on|monitor|high|critical|medium|low)_")


def check(subject: Subject) -> Iterator[Finding]:
    for source, item in subject.items(tree.DetectorDecl):
        head = _HEAD.match(item.name.word)
        if head is not None:
            message = f"`{item.name.word}` says what it does, not which fault it finds"
            rest = item.name.word[head.end() :]
            hint = f"name the fault, such as `{rest}_collapse` or `{rest}_runaway`"
            yield Finding(source, item.name.span, message, hint)


RULE = Rule(
    Code(
        "PTT651",
        "detector that is not named after its fault",
        what="A detector has the name of the fault that it finds: `entropy_collapse`, "
        "`kl_runaway`. A prefix such as `detect_`, `check_` or `high_` only repeats that it is a "
        "detector, or its level.",
        why="The name stands alone in reports, messages and policies.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector check_kl {
  high when mean(kl[20]) > 0.3
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
"""),
    ),
    check,
)
