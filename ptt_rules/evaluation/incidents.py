"""Findings that belong together, as incidents told by their first cause.

One fault makes many detectors fire, in an order that tells how it spread: what began first is the
likely cause, the rest is evidence. A finding belongs to an incident

- if its condition began to hold while a finding of it that is as bad or worse fired, or
- if it fired within `QUIET_ROWS` rows of the newest that the incident had told.

So one fault is one incident however long it lasts, and a note that never ends does not swallow
what goes wrong long after it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ptt_rules.evaluation.events import Event, EventKind
from ptt_rules.language import Level

QUIET_ROWS = 50
"""Rows of the log without news after which what fires is of another incident."""

NEAR_ROWS = 5
"""Rows within which a rule of several rows tells what one of a single row told."""

Suppresses = Mapping[str, Iterable[str]]
"""The detectors that each detector suppresses, by qualified name."""
Reads = Mapping[str, Collection[str]]
"""The keys that each detector reads, by qualified name."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One firing of a detector, from the step at which its condition began to hold.

    `level` is the worst that it reached, at `step`; `ended` is None while it fires. `row` and
    `newest_row` are of its first and its newest event. `times` counts its firings.
    """

    who: str
    detector: str
    instance: Mapping[str, str]
    level: Level
    since_step: int
    step: int
    row: int
    newest_row: int
    message: str
    ended: int | None = None
    suppressed_by: str | None = None
    times: int = 1

    @property
    def is_visible(self) -> bool:
        return self.suppressed_by is None

    def fires_at(self, step: int) -> bool:
        return self.ended is None or step <= self.ended

    def to_json(self) -> dict[str, Any]:
        return {
            "detector": self.detector,
            "instance": dict(self.instance),
            "level": self.level.word,
            "since_step": self.since_step,
            "step": self.step,
            "ended_step": self.ended,
            "times": self.times,
            "message": self.message,
            "suppressed_by": self.suppressed_by,
        }


@dataclass(frozen=True, slots=True)
class Incident:
    """Findings that belong together: the first cause, and the rest in the order of their onset."""

    cause: Finding
    evidence: tuple[Finding, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        return (self.cause, *self.evidence)

    @property
    def level(self) -> Level:
        """The worst of what was told."""
        return max(one.level for one in self.findings if one.is_visible)

    def to_json(self) -> dict[str, Any]:
        return {
            "level": self.level.word,
            "since_step": self.cause.since_step,
            "first_cause": self.cause.to_json(),
            "evidence": [one.to_json() for one in self.evidence],
        }


def incidents(
    events: Iterable[Event], suppresses: Suppresses, reads: Reads | None = None
) -> list[Incident]:
    """The incidents of a run, in the order in which they began, from its events in order.

    Detectors in shadow take no part; findings that others suppressed are evidence, and are no
    incident by themselves. A finding that is only a note (`low`) is a first cause only where
    nothing worse is reported. A finding of one row (a spike) does not cause a worse one of the
    same metric a few rows later (a jump): both are the same, and one was seen earlier.
    """
    groups: list[_Group] = []
    for finding in _findings(events):
        group = next((one for one in reversed(groups) if one.takes(finding)), None)
        if group is None:
            group = _Group()
            groups.append(group)
        group.add(finding)
    told = [_incident(group, suppresses, reads or {}) for group in groups if group.is_visible]
    return sorted(told, key=lambda one: (one.cause.since_step, one.cause.row))


# ---- findings ------------------------------------------------------------------------------


def _findings(events: Iterable[Event]) -> list[Finding]:
    """Each firing, in the order of the rows at which they fired."""
    found: list[Finding] = []
    open_: dict[str, int] = {}
    for event in events:
        if event.shadow or event.event is EventKind.BROKEN:
            continue
        place = open_.get(event.who)
        if event.event.is_finding and place is None:
            open_[event.who] = len(found)
            found.append(_begun(event))
        elif place is not None:
            found[place] = _gone_on(found[place], event)
            if event.event is EventKind.RESOLVED:
                del open_[event.who]
    return found


def _begun(event: Event) -> Finding:
    return Finding(
        who=event.who,
        detector=event.detector,
        instance=event.instance,
        level=event.level,
        since_step=event.step if event.since_step is None else event.since_step,
        step=event.step,
        row=event.row,
        newest_row=event.row,
        message=event.message,
        suppressed_by=event.suppressed_by,
    )


def _gone_on(finding: Finding, event: Event) -> Finding:
    """A finding after a later event of it; of an end only the step is news."""
    if event.event is EventKind.RESOLVED:
        return replace(finding, ended=event.step)
    if event.level > finding.level:
        finding = replace(
            finding,
            level=event.level,
            step=event.step,
            newest_row=event.row,
            message=event.message,
        )
    is_told = finding.is_visible or event.is_visible
    return replace(finding, suppressed_by=None) if is_told else finding


# ---- which belong together -----------------------------------------------------------------


@dataclass(slots=True)
class _Group:
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_visible(self) -> bool:
        return any(one.is_visible for one in self.findings)

    def takes(self, new: Finding) -> bool:
        return any(_belongs(new, one) for one in self.findings)

    def add(self, new: Finding) -> None:
        """A firing; of a detector that fired before in it, one that is told is kept once."""
        for place, old in enumerate(self.findings):
            if old.who == new.who and old.is_visible == new.is_visible:
                self.findings[place] = _joined(old, new)
                return
        self.findings.append(new)


def _belongs(new: Finding, old: Finding) -> bool:
    is_shadowed_by = old.level >= new.level and old.fires_at(new.since_step)
    return is_shadowed_by or new.row - old.newest_row <= QUIET_ROWS


def _joined(old: Finding, new: Finding) -> Finding:
    worse = new if new.level > old.level else old
    return replace(
        worse,
        since_step=old.since_step,
        row=old.row,
        newest_row=new.newest_row,
        ended=new.ended,
        times=old.times + new.times,
    )


# ---- first causes --------------------------------------------------------------------------


def _incident(group: _Group, suppresses: Suppresses, reads: Reads) -> Incident:
    told = [one for one in group.findings if one.is_visible]
    serious = [one for one in told if one.level > Level.LOW] or told

    def order(one: Finding) -> tuple[int, int, int, str]:
        return _cause_order(one, serious, suppresses)

    first = min(serious, key=order)
    same = [one for one in serious if _is_the_same_seen_whole(one, first, reads)]
    cause = min(same, key=lambda one: (-one.level, *order(one)), default=first)
    rest = [one for one in group.findings if one is not cause]
    # it began when the first of them saw it
    began = replace(cause, since_step=min(first.since_step, cause.since_step))
    return Incident(began, tuple(sorted(rest, key=_onset_order)))


def _is_the_same_seen_whole(one: Finding, first: Finding, reads: Reads) -> bool:
    """Whether a finding tells more of what the first one told at a single row."""
    shared = set(reads.get(one.detector, ())) & set(reads.get(first.detector, ()))
    is_near = one.row - first.row <= NEAR_ROWS and first.since_step == first.step
    return one.level > first.level and is_near and bool(shared)


def _onset_order(one: Finding) -> tuple[int, int, str]:
    return one.since_step, -one.level, one.who


def _cause_order(
    one: Finding, others: Iterable[Finding], suppresses: Suppresses
) -> tuple[int, int, int, str]:
    """What began first; then what is worse, then what suppresses more of the others."""
    mutes = set(suppresses.get(one.detector, ()))
    muted = sum(other.detector in mutes for other in others)
    return one.since_step, -one.level, -muted, one.who
