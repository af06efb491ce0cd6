"""PTT643: a detector without `reference`."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, name_of
from ptt_rules.language.codes import Code, Rules


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.pack.detectors.values():
        if "reference" not in detector.texts:
            source, span = name_of(detector)
            message = f"`{detector.name}` has no `reference`"
            yield Finding(
                source, span, message, 'name where the rule is from: `reference "arXiv:2203.02155"`'
            )


RULE = Rule(
    Code(
        "PTT643",
        "detector without a reference",
        what="The text `reference` says where the rule and its bounds are from: a paper, "
        "the documentation, an issue.",
        why="A bound that nobody can trace is neither trusted nor corrected.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  let now = mean(kl[20])
  high when now > 0.3
  reference "arXiv:2203.02155"
}
"""),
        doubt="A rule that rests on a team's own runs has no public source; link the page that "
        "tells of them.",
    ),
    check,
)
