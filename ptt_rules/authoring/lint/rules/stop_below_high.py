"""PTT681: a policy that ends a run for a finding of level medium or low."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language import ActionKind, Level
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Config, Constant, Parameter, Position, Trigger, walk


def check(subject: Subject) -> Iterator[Finding]:
    for source, item in subject.policies():
        policy = subject.pack.policies[item.name.word]
        for written, reaction in zip(item.reactions, policy.reactions, strict=True):
            stops = any(action.kind is ActionKind.STOP for action in reaction.actions)
            level = _worst(subject, reaction.trigger)
            if stops and level < Level.HIGH and not _is_wanted(subject, reaction.trigger):
                message = f"this stops the run for a finding of level {level.word}"
                hint = "stop on `critical` or `high`, and notify or save a checkpoint on this; "
                hint += 'what is a goal and no fault says so: `tags "goal"`'
                yield Finding(source, written.trigger.span, message, hint)


def _worst(subject: Subject, trigger: Trigger) -> Level:
    """The level that a trigger asks for, or the worst one that its detector has."""
    if trigger.level is not None:
        return trigger.level
    assert trigger.detector is not None
    return subject.all_detectors[trigger.detector].levels[0].level


def _is_wanted(subject: Subject, trigger: Trigger) -> bool:
    """Whether the finding is not a fault: a goal that is reached, or a budget that is spent."""
    if trigger.detector is None:
        return False
    detector = subject.all_detectors[trigger.detector]
    leaves = [one for one in walk(level.condition for level in detector.levels) if not one.children]
    is_budget = all(isinstance(leaf, (Constant, Parameter, Config, Position)) for leaf in leaves)
    return is_budget or "goal" in detector.tags


RULE = Rule(
    Code(
        "PTT681",
        "policy that stops a run for a mild finding",
        what="A reaction with `stop` is on level medium or low, or on a detector that has no "
        "worse level. A detector with the tag `goal`, and one of the clock alone, is not a fault.",
        why="Mild levels are for what somebody should look at. A run of days ends for something "
        "that may pass by itself.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  medium when mean(kl[20]) > 0.3
}
policy strict {
  on medium { stop }
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
policy strict {
  on high { stop }
}
"""),
        doubt="In a search over many short runs it can be right to end a doubtful one.",
    ),
    check,
)
