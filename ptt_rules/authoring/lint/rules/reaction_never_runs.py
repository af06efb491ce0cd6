"""PTT682: a reaction on a detector that is in shadow or disabled."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules


def check(subject: Subject) -> Iterator[Finding]:
    for source, item in subject.policies():
        policy = subject.pack.policies[item.name.word]
        for written, reaction in zip(item.reactions, policy.reactions, strict=True):
            name = reaction.trigger.detector
            state = _state(subject, name) if name is not None else ""
            if state:
                message = f"this never runs: `{written.trigger.dotted}` is {state}"
                hint = "let the detector out of that state, or leave the reaction out"
                yield Finding(source, written.trigger.span, message, hint)


def _state(subject: Subject, detector: str) -> str:
    if detector in subject.disabled:
        return "disabled"
    return "in shadow, and is not acted on" if subject.all_detectors[detector].shadow else ""


RULE = Rule(
    Code(
        "PTT682",
        "reaction that never runs",
        what="A policy reacts to a detector that is in shadow or disabled. Neither is acted on.",
        why="The run looks guarded against this fault, but it is not.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  critical when mean(kl[20]) > 3
  shadow
}
policy strict {
  on kl_runaway { checkpoint stop }
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  critical when mean(kl[20]) > 3
}
policy strict {
  on kl_runaway { checkpoint stop }
}
"""),
    ),
    check,
)
