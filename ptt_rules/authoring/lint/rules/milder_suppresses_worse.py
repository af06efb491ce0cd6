"""PTT635: a detector that hides a worse one."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.authoring.lint.suppressed import suppressed
from ptt_rules.language.codes import Code, Rules


def check(subject: Subject) -> Iterator[Finding]:
    for one in suppressed(subject):
        own, other = one.detector.levels[0].level, one.other.levels[0].level
        if own < other:
            message = (
                f"`{one.other.name}` can be {other.word}, and is not reported while "
                f"`{one.detector.name}` fires, which is {own.word} at worst"
            )
            hint = "let the worse one suppress the milder one"
            yield Finding(one.source, one.reference.span, message, hint)


RULE = Rule(
    Code(
        "PTT635",
        "milder detector that suppresses a worse one",
        what="While a detector fires, those that it suppresses are recorded and not reported. This "
        "one suppresses a detector whose worst level is worse than its own.",
        why="A milder finding hides a critical one, and nobody looks.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_high {
  medium when mean(kl[20]) > 0.3
  suppresses kl_lost
}
detector kl_lost {
  critical when isnan(kl)
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_high {
  medium when mean(kl[20]) > 0.3
}
detector kl_lost {
  critical when isnan(kl)
  suppresses kl_high
}
"""),
    ),
    check,
)
