"""PTT642: a detector without `remedy`."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, name_of
from ptt_rules.language.codes import Code, Rules


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.pack.detectors.values():
        if "remedy" not in detector.texts:
            source, span = name_of(detector)
            message = f"`{detector.name}` does not say what to do: it has no `remedy`"
            yield Finding(
                source,
                span,
                message,
                'say what to change: `remedy "Lower learning_rate, raise beta."`',
            )


RULE = Rule(
    Code(
        "PTT642",
        "detector without a remedy",
        what="The text `remedy` says what to do about the finding, as names of training arguments.",
        why="It is read by somebody who is not the author, at night, while the run burns.",
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
  remedy    "Lower learning_rate, raise beta."
}
"""),
    ),
    check,
)
