"""PTT641: a detector without `why`."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, name_of
from ptt_rules.language.codes import Code, Rules


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.pack.detectors.values():
        if "why" not in detector.texts:
            source, span = name_of(detector)
            message = f"`{detector.name}` does not say why it matters: it has no `why`"
            yield Finding(source, span, message, 'say what goes wrong if nobody acts: `why "..."`')


RULE = Rule(
    Code(
        "PTT641",
        "detector that does not say why",
        what="The text `why` says what the finding means for the run.",
        why="A finding that nobody understands is ignored, or stops a run that was well.",
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
  why       "The policy leaves the region in which the reward was measured."
}
"""),
    ),
    check,
)
