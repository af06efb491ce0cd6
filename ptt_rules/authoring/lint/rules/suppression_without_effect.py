"""PTT636: `suppresses` of what is not reported anyway, or by what is not."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.authoring.lint.suppressed import Suppressed, suppressed
from ptt_rules.language.codes import Code, Rules


def check(subject: Subject) -> Iterator[Finding]:
    for one in suppressed(subject):
        reason = _reason(subject, one)
        if reason:
            message = f"this suppresses nothing: {reason}"
            yield Finding(one.source, one.reference.span, message, "leave it out")


def _reason(subject: Subject, one: Suppressed) -> str:
    if one.other.qualified in subject.disabled:
        return f"`{one.other.name}` is disabled"
    if one.other.shadow:
        return f"`{one.other.name}` is in shadow and is not reported anyway"
    if one.detector.shadow:
        return f"`{one.detector.name}` is in shadow and suppresses nothing until it leaves it"
    return ""


RULE = Rule(
    Code(
        "PTT636",
        "`suppresses` that has no effect",
        what="A detector in shadow suppresses nothing, and a detector in shadow or disabled is "
        "not reported anyway.",
        why="The reader believes that one of the two hides the other.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
  suppresses kl_drift
}
detector kl_drift {
  low when mean(kl[200]) > 0.1
  shadow
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
  suppresses kl_drift
}
detector kl_drift {
  low when mean(kl[200]) > 0.1
}
"""),
    ),
    check,
)
