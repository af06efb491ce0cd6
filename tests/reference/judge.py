"""A run judged row by row, by definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ptt_rules import Action, Event, Pack
from ptt_rules.language.ir.pack import Detector
from ptt_rules.logs.context import RunContext
from tests.reference import Log, Reader, log_of
from tests.reference.judgements import Subject, instances
from tests.reference.lifecycle import Life
from tests.reference.policies import Deciding
from tests.reference.telling import tell


def reference(
    pack: Pack, rows: Sequence[Mapping[str, Any]], known: Mapping[str, Any] | RunContext
) -> list[Event | Action]:
    """What is told and done of a run, in order."""
    context = known if isinstance(known, RunContext) else RunContext.of(known)
    log = log_of(rows, context, pack.params)
    detectors = [one.detector for one in pack.compiled.detectors]
    policy = pack.compiled.policy
    deciding = Deciding(policy.policy, log) if policy else None
    lives: dict[str, Life] = {}
    told: list[Event | Action] = []
    for row in range(len(log.rows)):
        for subject in _subjects(detectors, log, row):
            lives.setdefault(subject.who, Life(subject))
        changes = [(life, change) for life in lives.values() if (change := life.live(row))]
        told += tell(changes, lives.values(), row)
        told += deciding.decide(list(lives.values()), row) if deciding else []
    return told


def _subjects(detectors: Sequence[Detector], log: Log, row: int) -> Iterator[Subject]:
    """All detectors, and of those for each instance of a family the instances so far."""
    for detector in detectors:
        if detector.family is None:
            yield Subject(detector, Reader(log))
        else:
            for word in instances(detector.family, log, row):
                yield Subject(detector, Reader(log, word))
