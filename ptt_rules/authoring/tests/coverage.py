"""Which parts of the rules the tests have exercised.

What counts is listed in `parts_of`: each level fired, the condition of each level was true and
was false, each `until` was true while its detector fired, each reaction of a policy ran. Only
judgements count: the value of a condition before `after` is over, or in a row without its metrics,
decides nothing. The number of unknown judgements is shown, but not required.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ptt_rules.evaluation import Engine, Event, EventKind, Judge
from ptt_rules.language import Level, Source, Span, Who
from ptt_rules.language.ir import CheckedPack, Declaration, Detector, Policy, Reaction
from ptt_rules.language.syntax import tree


@dataclass(slots=True)
class Seen:
    """How often a condition was true, false and unknown at a judgement."""

    true: int = 0
    false: int = 0
    unknown: int = 0

    def count(self, value: float | bool | None) -> None:
        if value is None:
            self.unknown += 1
        elif value:
            self.true += 1
        else:
            self.false += 1


@dataclass(slots=True)
class LevelCoverage:
    level: Level
    fired: int = 0
    condition: Seen = field(default_factory=Seen)


@dataclass(slots=True)
class DetectorCoverage:
    """One detector, all of its instances together."""

    detector: Detector
    levels: dict[Level, LevelCoverage]
    until: Seen | None

    @classmethod
    def of(cls, detector: Detector) -> DetectorCoverage:
        levels = {one.level: LevelCoverage(one.level) for one in detector.levels}
        return cls(detector, levels, None if detector.until is None else Seen())


@dataclass(slots=True)
class ReactionCoverage:
    policy: str
    reaction: Reaction
    ran: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """Something that tests should exercise, and where it is written.

    `missing` says in words that no test did.
    """

    missing: str
    is_covered: bool
    source: Source
    span: Span


class Coverage:
    """What tests exercise of the detectors and policies that one pack declares or overrides.

    Those that it inherits unchanged are covered by the tests of the pack that declares them.
    """

    def __init__(self, checked: CheckedPack) -> None:
        self.pack = checked.name
        disabled = {one.detector for one in checked.disabled if not one.instance}
        own = {one.qualified: one for one in checked.detectors.values()}
        self.detectors = {
            name: DetectorCoverage.of(detector)
            for name, detector in sorted({**own, **checked.overrides}.items())
            if name not in disabled
        }
        self.reactions = {name: _reactions(one) for name, one in sorted(checked.policies.items())}

    # ---- counting --------------------------------------------------------------------------

    def judged(self, engine: Engine, events: Iterable[Event]) -> None:
        """Counts what the newest row of an engine was judged to be."""
        resolved = set()
        for event in events:
            covered = self.detectors.get(event.detector)
            if covered is not None and event.event.is_finding:
                covered.levels[event.level].fired += 1
            elif event.event is EventKind.RESOLVED:
                resolved.add(event.who)
        for judge in engine.judged():
            covered = self.detectors.get(judge.compiled.detector.qualified)
            if covered is not None:
                was_firing = judge.firing is not None or judge.name in resolved
                _count(covered, judge, engine, was_firing=was_firing)

    def reacted(self, policy: str | None, engine: Engine) -> None:
        """Counts the reactions that ran in a whole run."""
        chosen = Who.parse(policy or "")
        covered = self.reactions.get(chosen.name, ()) if chosen.pack in ("", self.pack) else ()
        for number, times in engine.reactions_run.items():
            if number < len(covered):
                covered[number].ran += times

    # ---- what is covered -------------------------------------------------------------------

    def parts(self) -> Iterator[Part]:
        """All that counts, in the order of the listing."""
        for covered in self.detectors.values():
            yield from _detector_parts(covered)
        for reactions in self.reactions.values():
            for one in reactions:
                text = f"{one.policy} `on {one.reaction.name}` never ran"
                yield Part(text, one.ran > 0, one.reaction.source, one.reaction.span)


def percent(parts: Iterable[Part]) -> float:
    """The share of parts that are covered; all of them where there is nothing to cover."""
    covered = [part.is_covered for part in parts]
    return 100 * sum(covered) / len(covered) if covered else 100.0


def _reactions(policy: Policy) -> tuple[ReactionCoverage, ...]:
    return tuple(ReactionCoverage(policy.name, reaction) for reaction in policy.reactions)


def _count(covered: DetectorCoverage, judge: Judge, engine: Engine, *, was_firing: bool) -> None:
    for level, operation in judge.compiled.levels:
        covered.levels[level].condition.count(engine.value(operation))
    until = judge.compiled.until
    if covered.until is not None and until is not None and was_firing:
        covered.until.count(engine.value(until))


def _detector_parts(covered: DetectorCoverage) -> Iterator[Part]:
    declaration = covered.detector.declaration
    assert declaration is not None  # whatever a file declares has one
    places = _places(declaration)
    name = covered.detector.name
    for level, one in covered.levels.items():
        word, seen = level.word, one.condition
        yield Part(f"{name} never fired `{word}`", one.fired > 0, *places[word])
        yield Part(f"{name} `{word}` was never true", seen.true > 0, *places[word])
        yield Part(f"{name} `{word}` was never false", seen.false > 0, *places[word])
    if covered.until is not None:
        text = f"{name} `until` was never true while it fired"
        yield Part(text, covered.until.true > 0, *places["until"])


def _places(declaration: Declaration) -> Mapping[str, tuple[Source, Span]]:
    """Where each level and `until` are written."""
    found = {}
    for placed in declaration.clauses:
        match placed.clause:
            case tree.LevelClause(level=word, span=span):
                found[word] = placed.source, span
            case tree.UntilClause(span=span):
                found["until"] = placed.source, span
    return found
