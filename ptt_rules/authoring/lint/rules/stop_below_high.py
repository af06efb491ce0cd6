"""PTT681: a policy that ends a run for a finding of level medium or low."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language import ActionKind, Level
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Config, Constant, Parameter, Position, Target, walk


def check(subject: Subject) -> Iterator[Finding]:
    for source, item in subject.policies():
        policy = subject.pack.policies[item.name.word]
        for written, reaction in zip(item.reactions, policy.reactions, strict=True):
            if not any(action.kind is ActionKind.STOP for action in reaction.actions):
                continue
            places = written.trigger.targets.items
            for place, target in zip(places, reaction.targets, strict=True):
                level = _worst(subject, target)
                if level < Level.HIGH and not _is_budget(subject, target):
                    message = f"this stops the run for a finding of level {level.word}"
                    hint = "stop on `critical` or `high`, and notify or save a checkpoint on this"
                    yield Finding(source, place.span, message, hint)


def _worst(subject: Subject, target: Target) -> Level:
    """The level that is asked for, or the worst one that the detector has."""
    if target.level is not None:
        return target.level
    assert target.detector is not None
    return subject.all_detectors[target.detector].levels[0].level


def _is_budget(subject: Subject, target: Target) -> bool:
    """Whether the finding is a budget that is spent, not a fault."""
    if target.detector is None:
        return False
    detector = subject.all_detectors[target.detector]
    leaves = [one for one in walk(level.condition for level in detector.levels) if not one.children]
    return all(isinstance(leaf, (Constant, Parameter, Config, Position)) for leaf in leaves)


RULE = Rule(
    Code(
        "PTT681",
        "policy that stops a run for a mild finding",
        what="A reaction with `stop` is on level medium or low, or on a detector that has no "
        "worse level. What a detector of the clock alone finds is a budget, not a fault. What "
        "comes after `then` is the last of several steps.",
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
        doubt="In a search over many short runs it can be right to end a doubtful one, and a "
        "detector may report a goal that is reached.",
    ),
    check,
)
