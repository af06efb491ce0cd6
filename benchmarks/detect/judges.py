"""What judges runs: the shipped packs, as they replay a log."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import ptt_rules
from benchmarks.detect.runs import Run
from benchmarks.detect.scoring import Finding
from ptt_rules import EventKind, Pack

_FINDINGS = (EventKind.FIRED, EventKind.ESCALATED)


@cache
def pack_of(algorithm: str) -> Pack:
    return ptt_rules.load(algorithm)


def shipped_packs(run: Run) -> Sequence[Finding]:
    """Findings of the pack of a run's algorithm, those in shadow left out."""
    engine = pack_of(run.algorithm).engine(config=run.config)
    found = []
    for number, row in enumerate(run.rows):
        for event in engine.observe(row):
            if event.event in _FINDINGS and not event.shadow:
                found.append(Finding(number, event.who, event.level.word))
    return found
