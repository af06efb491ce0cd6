"""PTT682: a reaction on a detector that is in shadow or disabled."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Target


def check(subject: Subject) -> Iterator[Finding]:
    for source, item in subject.policies():
        policy = subject.pack.policies[item.name.word]
        for written, reaction in zip(item.reactions, policy.reactions, strict=True):
            places = written.trigger.targets.items
            for place, target in zip(places, reaction.targets, strict=True):
                state = _state(subject, target)
                if state:
                    message = f"this never runs: `{target.text}` is {state}"
                    hint = "let the detector out of that state, or leave it out here"
                    yield Finding(source, place.span, message, hint)


def _state(subject: Subject, target: Target) -> str:
    if target.detector is None:
        return ""
    if (
        target.detector in subject.disabled
        or (
            target.detector,
            target.instance,
        )
        in subject.disabled_instances
    ):
        return "disabled"
    shadow = subject.all_detectors[target.detector].shadow
    return "in shadow, and is not acted on" if shadow else ""


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
