"""Which events are reported: those of a detector that another one suppresses are only recorded.

What a finding became while it was suppressed is reported once nothing suppresses it any more, if
it still fires. Whether something suppresses it depends on what fires after the whole row, so that
this is decided after all judgements of the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ptt_rules.evaluation.compiled import CompiledDetector, CompiledPack
from ptt_rules.evaluation.events import Event, EventKind, event_order
from ptt_rules.evaluation.lifecycle import Change, Moment
from ptt_rules.evaluation.reactions import ENDS, Firing, Place, who_of
from ptt_rules.language import Who
from ptt_rules.language.ir import Detector


@dataclass(slots=True)
class _Finding:
    """A firing that goes on, as far as people know of it."""

    reported: Moment | None = None
    """When it was reported last."""
    is_owed: bool = False
    """Whether a change of it was suppressed, and it was not reported since."""
    by: str = ""
    """What suppressed it last."""


def _are_of_one_family(one: Detector, other: Detector) -> bool:
    if one.family is None or other.family is None:
        return False
    return one.family.is_of(other.family)


class Suppression:
    """The detectors that fire, and what was reported of those that others may suppress."""

    def __init__(self, compiled: CompiledPack) -> None:
        self._detectors = {one.detector.qualified: one for one in compiled.judging}
        self._by: dict[str, list[CompiledDetector]] = {}
        for one in compiled.detectors:
            for name in () if one.detector.shadow else one.detector.suppresses:
                self._by.setdefault(name, []).append(one)
        self._suppressors = {one.detector.qualified for by in self._by.values() for one in by}
        self._firing: set[Who] = set()
        self._findings: dict[Who, _Finding] = {}

    def follows(self, one: CompiledDetector) -> bool:
        """Whether each judgement at which a detector fires may be one at which it is reported."""
        return one.detector.again is not None or one.detector.qualified in self._by

    def settle(
        self, changes: Sequence[Event], firings: Iterable[Firing], place: Place
    ) -> list[Event]:
        """The events of one row in order, with what suppresses them, and those that repeat.

        `firings` are the detectors that were judged at the row and fire, as far as it follows
        them.
        """
        for event in changes:
            if event.detector in self._suppressors:
                self._note(event)
        followed = {one.who: one for one in firings if self.follows(one.compiled)}
        if not changes and not followed:
            return []
        names = {who.qualified for who in self._firing}
        events = [self._settled(one, followed.get(who_of(one)), names) for one in changes]
        changed = {who_of(one) for one in changes}
        for who, firing in followed.items():
            if who not in changed and self._is_due(firing, names):
                events.append(_again(firing, place))
        return sorted(events, key=event_order)

    def _note(self, event: Event) -> None:
        if event.event in ENDS:
            self._firing.discard(who_of(event))
        else:
            self._firing.add(who_of(event))

    def _suppressor(self, one: CompiledDetector, instance: str, names: set[str]) -> str | None:
        """The first by name of what suppresses a detector; `names` are all that fire.

        Of one family only the same instance does.
        """
        if one.detector.shadow:
            return None
        found = []
        for by in self._by.get(one.detector.qualified, ()):
            name = by.detector.qualified
            is_same_family = _are_of_one_family(by.detector, one.detector)
            same = Who.of(name, [instance])
            if same in self._firing if is_same_family else name in names:
                found.append(name)
        return min(found, default=None)

    # ---- changes ---------------------------------------------------------------------------

    def _settled(self, event: Event, firing: Firing | None, names: set[str]) -> Event:
        who, one = who_of(event), self._detectors[event.detector]
        if event.event is EventKind.BROKEN:
            self._findings.pop(who, None)
            return event
        by = self._suppressor(one, who.instance, names)
        if event.event is EventKind.RESOLVED:
            return self._ended(event, by)
        if firing is not None:
            finding = self._findings.setdefault(who, _Finding())
            finding.is_owed = by is not None
            if by is None:
                finding.reported = firing.moment
            else:
                finding.by = by
        return event if by is None else replace(event, suppressed_by=by)

    def _ended(self, event: Event, by: str | None) -> Event:
        """The end of a finding is reported where the finding was."""
        finding = self._findings.pop(who_of(event), None)
        if finding is None or finding.reported is not None:
            return event
        return replace(event, suppressed_by=by or finding.by)

    # ---- what goes on ----------------------------------------------------------------------

    def _is_due(self, firing: Firing, names: set[str]) -> bool:
        """Whether a finding that did not change is reported anew; it then was."""
        finding, now = self._findings[firing.who], firing.moment
        if finding.reported is not None:
            finding.reported = finding.reported.anchored(now)
        if not finding.is_owed and not _has_passed(firing, finding.reported):
            return False
        if self._suppressor(firing.compiled, firing.who.instance, names) is not None:
            return False
        finding.reported, finding.is_owed = now, False
        return True

    # ---- state -----------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        return {
            "firing": [who.to_json() for who in sorted(self._firing)],
            "findings": [
                [*who.to_json(), one.reported and one.reported.to_json(), one.is_owed, one.by]
                for who, one in sorted(self._findings.items())
            ],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._firing = {Who.of(detector, [instance]) for detector, instance in state["firing"]}
        self._findings = {
            Who.of(detector, [instance]): _Finding(reported and Moment(*reported), is_owed, by)
            for detector, instance, reported, is_owed, by in state["findings"]
        }


def _has_passed(firing: Firing, reported: Moment | None) -> bool:
    again = firing.compiled.detector.again
    return again is not None and reported is not None and firing.moment.has_passed(again, reported)


def _again(firing: Firing, place: Place) -> Event:
    change = Change(EventKind.AGAIN, firing.level, firing.since_step)
    return firing.compiled.event(change, place.number, place.row, place.value_at)
