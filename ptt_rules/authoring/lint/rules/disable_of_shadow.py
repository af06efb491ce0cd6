"""PTT672: `disable` of a detector in shadow."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.check import meant
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    for source, item in subject.items(tree.DisableDecl):
        shadows = {name: one for name, one in subject.all_detectors.items() if one.shadow}
        for target in item.targets:
            for name in meant(target.reference.dotted, sorted(shadows)):
                message = f"`{name}` is in shadow: it is neither reported nor acted on anyway"
                hint = "leave the `disable` out, and its record will show whether it can be trusted"
                yield Finding(source, target.span, message, hint)


RULE = Rule(
    Code(
        "PTT672",
        "`disable` of a detector in shadow",
        what="Events of a detector in shadow are recorded, and neither reported nor acted on. "
        "Disabling it only removes the record.",
        why="The record shows whether a new rule can be trusted. Once the detector leaves the "
        "shadow it stays off here, and nobody knows why.",
        failing=Rules("""\
pack acme 1.0.0 {
  extends grpo "~=1.0"
}

override detector entropy_collapse {
  shadow
}
disable entropy_collapse because "it fires too often"
"""),
        fixed=Rules("""\
pack acme 1.0.0 {
  extends grpo "~=1.0"
}

override detector entropy_collapse {
  shadow
}
"""),
        doubt="A rule that fails, or costs too much, is worth disabling even in shadow.",
    ),
    check,
)
