"""Which events are recorded without being told, since another detector fires."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ptt_rules.engine.compiled import CompiledPack
from ptt_rules.engine.events import Event, EventKind
from ptt_rules.engine.reactions import ENDS, Who


class Suppression:
    """The detectors that fire, as the events of a run so far tell."""

    def __init__(self, compiled: CompiledPack) -> None:
        self._by: dict[str, set[str]] = {}
        for one in compiled.detectors:
            for name in () if one.detector.shadow else one.detector.suppresses:
                self._by.setdefault(name, set()).add(one.detector.qualified)
        self._suppressors = {name for names in self._by.values() for name in names}
        self._firing: set[Who] = set()

    def mark(self, events: Sequence[Event]) -> list[Event]:
        """The events of one row, each with what suppresses it after all judgements of the row."""
        if not self._by:
            return list(events)
        for event in events:
            if event.detector in self._suppressors:
                self._note(event)
        firing = {name for name, _ in self._firing}
        return [self._marked(event, firing) for event in events]

    def _note(self, event: Event) -> None:
        who = (event.detector, ", ".join(event.instance.values()))
        if event.event in ENDS:
            self._firing.discard(who)
        else:
            self._firing.add(who)

    def _marked(self, event: Event, firing: set[str]) -> Event:
        by = self._by.get(event.detector, set()) & firing
        if not by or event.event is EventKind.BROKEN:
            return event
        return replace(event, suppressed_by=min(by))

    def state(self) -> list[list[str]]:
        return sorted(map(list, self._firing))

    def restore(self, state: Iterable[Sequence[str]]) -> None:
        self._firing = {(detector, instance) for detector, instance in state}
