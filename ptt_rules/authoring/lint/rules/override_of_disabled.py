"""PTT671: an override of a detector that is turned off."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.check import meant
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for source, item in subject.items(tree.OverrideDetector):
        for name in meant(item.detector.dotted, sorted(subject.disabled)):
            message = f"`{name}` is disabled: this override changes nothing"
            hint = "leave out the override, or the `disable`"
            yield Finding(source, item.detector.span, message, hint)


RULE = Rule(
    Code(
        "PTT671",
        "override of a detector that is disabled",
        what="A pack overrides a detector that it, or a pack that it extends, has disabled.",
        why="One of the two has no effect, and a reader does not know which one was meant.",
        failing=Rules("""\
pack acme 1.0.0 {
  extends grpo "~=1.0"
}

override detector entropy_collapse {
  for 10
}
disable entropy_collapse because "our prompts have one answer"
"""),
        fixed=Rules("""\
pack acme 1.0.0 {
  extends grpo "~=1.0"
}

override detector entropy_collapse {
  for 10
}
"""),
    ),
    check,
)
