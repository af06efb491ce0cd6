"""PTT644: a detector without `summary`."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, name_of
from ptt_rules.language.codes import Code, Rules


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.pack.detectors.values():
        if "summary" not in detector.texts:
            source, span = name_of(detector)
            message = f"`{detector.name}` has no `summary`"
            yield Finding(
                source,
                span,
                message,
                'say in a few words what is wrong: `summary "The policy runs away"`',
            )


RULE = Rule(
    Code(
        "PTT644",
        "detector without a summary",
        what="The summary is the heading of the detector in reports, in `ptt explain` and in "
        "editors.",
        why="Lists of findings show a bare name in its place.",
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
  summary   "The policy runs away from the reference"
}
"""),
    ),
    check,
)
