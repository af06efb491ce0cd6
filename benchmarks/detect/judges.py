"""What judges runs: the shipped packs, as they replay a log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import ptt_rules
from benchmarks.detect.runs import Run
from benchmarks.detect.scoring import Finding
from ptt_rules import Event, Pack

_LONG_ROWS = 150
"""From here on replaying the whole log is faster than going row by row; the events are the same."""


@cache
def pack_of(algorithm: str) -> Pack:
    return ptt_rules.load(algorithm)


def shipped_packs(run: Run) -> Sequence[Finding]:
    """Findings of the pack of a run's algorithm, those in shadow left out."""
    pack = pack_of(run.algorithm)
    if len(run.rows) >= _LONG_ROWS:
        return _findings(ptt_rules.replay(pack, run.rows, config=run.config).events)
    engine = pack.engine(config=run.config)
    return _findings(event for row in run.rows for event in engine.observe(row))


def _findings(events: Iterable[Event]) -> list[Finding]:
    return [
        Finding(event.row, event.who, event.level.word)
        for event in events
        if event.event.is_finding and not event.shadow
    ]
