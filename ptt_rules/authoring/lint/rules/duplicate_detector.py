"""PTT634: two detectors that say the same."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, name_of
from ptt_rules.language import Label
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Detector


def check(subject: Subject) -> Iterator[Finding]:
    first: dict[Hashable, Detector] = {}
    own = {detector.qualified for detector in subject.pack.detectors.values()}
    for detector in subject.all_detectors.values():
        if detector.qualified in subject.disabled:
            continue
        known = first.setdefault(_meaning(subject, detector), detector)
        if known is not detector and detector.qualified in own:
            source, span = name_of(detector)
            other_source, other = name_of(known)
            word = known.name if known.pack == detector.pack else known.qualified
            message = f"`{detector.name}` says the same as `{word}`"
            labels = (Label(other, "the same rule", other_source),)
            yield Finding(source, span, message, "keep one of the two", labels=labels)


def _meaning(subject: Subject, detector: Detector) -> Hashable:
    """Everything that decides when a detector fires, without names and texts."""
    until = None if detector.until is None else subject.number(detector.until)
    family = detector.family
    return (
        tuple((one.level, subject.number(one.condition), one.hold) for one in detector.levels),
        frozenset(map(subject.number, detector.calls)),
        detector.after,
        until,
        detector.keep,
        detector.again,
        (family.metrics, family.words, family.excluded) if family else None,
        detector.shadow,
    )


RULE = Rule(
    Code(
        "PTT634",
        "two detectors that say the same",
        what="Another detector of this pack, or of one that it extends, has the same levels with "
        "the same conditions and the same clauses. Names of metrics and of `let`s do not matter: "
        "their meanings are compared.",
        why="One fault is reported twice, and whoever changes one bound forgets the other.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
detector policy_far_away {
  let now = mean(kl[20])
  high when now > 0.3
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
"""),
    ),
    check,
)
