"""PTT640: a detector without `message`."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, name_of
from ptt_rules.language.codes import Code, Rules


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.pack.detectors.values():
        if "message" not in detector.texts:
            source, span = name_of(detector)
            message = f"`{detector.name}` says nothing when it fires: it has no `message`"
            yield Finding(
                source,
                span,
                message,
                'say what was found, with its numbers: `message "The KL divergence is {now:.3f}."`',
            )


RULE = Rule(
    Code(
        "PTT640",
        "detector without a message",
        what="The event of a detector carries its message: what was found, with "
        "the numbers that led to it. Without one it is the summary or the bare name.",
        why="Whoever is woken by it reads a name, and must look everything else up.",
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
  message   "The KL divergence is {now:.3f} nats a token."
}
"""),
    ),
    check,
)
