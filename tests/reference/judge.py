"""A run judged row by row, by definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ptt_rules import Action, Event, Pack
from ptt_rules.language.ir import nodes
from ptt_rules.language.ir.pack import Detector
from ptt_rules.language.types import ActionKind
from ptt_rules.logs.context import RunContext
from ptt_rules.logs.rows import read_row
from tests.reference import Log, Reader, log_of
from tests.reference.judgements import Subject, instances
from tests.reference.lifecycle import Change, Life
from tests.reference.policies import Deciding
from tests.reference.telling import tell


def reference(
    pack: Pack, rows: Sequence[Mapping[str, Any]], known: Mapping[str, Any] | RunContext
) -> list[Event | Action]:
    """What is told and done of a run, in order.

    Rows from a `stop` to the next resume are no part of the log.
    """
    context = known if isinstance(known, RunContext) else RunContext.of(known)
    log = log_of((), context, pack.params)
    detectors = [one.detector for one in pack.compiled.detectors]
    policy = pack.compiled.policy
    all_lives = Lives()
    deciding = Deciding(policy.policy, log, all_lives) if policy else None
    told: list[Event | Action] = []
    is_stopped = False
    for number, logged in enumerate(map(read_row, rows)):
        if is_stopped and not logged.resumed:
            continue
        row = len(log.rows)
        log.add(logged)
        for subject in _subjects(detectors, log, row, all_lives):
            all_lives.lives.setdefault(subject.who, Life(subject))
        lives = list(all_lives.lives.values())
        all_lives.live(row)
        actions = deciding.decide(lives, all_lives.changes, row) if deciding else []
        is_stopped = any(one.action is ActionKind.STOP for one in actions)
        found: list[Event | Action] = [*tell(all_lives.changes, lives, row), *actions]
        told += (replace(one, row=number) for one in found)
    return told


@dataclass
class Lives:
    """All detectors of a run; those that are asked for live through a row first."""

    lives: dict[str, Life] = field(default_factory=dict)
    changes: list[tuple[Life, Change]] = field(default_factory=list)
    """Of the present row."""
    lived: set[tuple[str, int]] = field(default_factory=set)

    def live(self, row: int) -> None:
        self.changes = []
        for life in self.lives.values():
            self._live(life, row)

    def _live(self, life: Life, row: int) -> None:
        if (life.subject.who, row) not in self.lived:
            self.lived.add((life.subject.who, row))
            change = life.live(row)
            self.changes += [(life, change)] if change else []

    def answer(self, node: nodes.OfDetector, row: int, instance: str | None) -> bool | None:
        """Whether a detector fires after a row, or was judged at it."""
        word = instance if node.is_same else node.instance
        asked = [life for life in self.lives.values() if _is_asked(life.subject, node, word)]
        for life in asked:
            self._live(life, row)
        if not isinstance(node, nodes.Firing):
            return True if any(life.is_judged_at(row) for life in asked) else None
        firing = [life.level for life in asked if life.level is not None]
        return any(node.level is None or level >= node.level for level in firing)


def _is_asked(subject: Subject, node: nodes.OfDetector, word: str | None) -> bool:
    is_named = subject.detector.qualified == node.detector
    return is_named and word in (None, subject.reader.instance)


def _subjects(detectors: Sequence[Detector], log: Log, row: int, lives: Lives) -> Iterator[Subject]:
    """All detectors, and of those for each instance of a family the instances so far."""
    for detector in detectors:
        if detector.family is None or detector.word is not None:
            yield Subject(detector, Reader(log, detector.word, others=lives))
        else:
            for word in instances(detector.family, log, row):
                if word not in detector.disabled:
                    yield Subject(detector, Reader(log, word, others=lives))
