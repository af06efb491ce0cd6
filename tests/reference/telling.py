"""What is told of a row: events with their texts, in order, and what is suppressed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ptt_rules import Event, EventKind
from ptt_rules.language.ir.pack import Family, Placeholder
from tests.reference import Value
from tests.reference.judgements import Subject
from tests.reference.lifecycle import Change, Life

PLAIN_WHOLE = 1e15
"""Whole numbers below it are written out where a text asks for no format."""


def tell(changes: Sequence[tuple[Life, Change]], lives: Iterable[Life], row: int) -> list[Event]:
    """The events of a row: worst level first, then by name and instance."""
    lives = list(lives)
    firing = [life for life in lives if life.level is not None]
    events = [_changed(life, change, row, firing) for life, change in changes]
    changed = [life for life, _ in changes]
    for life in lives:
        if life not in changed and life.is_judged_at(row) and not _suppressor(life, firing):
            again = life.repeats()
            if again:
                life.reported, life.is_owed = life.judgements[-1], False
                events.append(_event(life.subject, again, row, None))
    return sorted(events, key=lambda one: (-one.level, one.detector, [*one.instance.values()]))


def _changed(life: Life, change: Change, row: int, firing: Sequence[Life]) -> Event:
    """A change; what was never reported does not end for people either."""
    by = _suppressor(life, firing)
    if change.kind is EventKind.RESOLVED:
        return _event(life.subject, change, row, None if life.reported else by or life.suppressor)
    life.is_owed = by is not None
    if by is None:
        life.reported = life.judgements[-1]
    else:
        life.suppressor = by
    return _event(life.subject, change, row, by)


def _event(subject: Subject, change: Change, row: int, suppressed_by: str | None) -> Event:
    detector, here = subject.detector, subject.reader.log.rows[row]
    return Event(
        event=change.kind,
        detector=detector.qualified,
        level=change.level,
        step=here.step,
        row=row,
        time=here.time,
        message="".join(_shown(part, subject, row) for part in detector.message_of(change.level)),
        values=values(subject, row),
        instance=subject.instance,
        suppressed_by=suppressed_by,
        since_step=change.since_step,
        shadow=detector.shadow,
    )


def values(subject: Subject, row: int) -> dict[str, Value]:
    """The named quantities of a detector at a row."""
    named = subject.detector.values
    return {name: subject.reader.value(node, row) for name, node in named.items()}


def _suppressor(life: Life, firing: Sequence[Life]) -> str | None:
    """The first by name of those that fire after the row and suppress it."""
    found = [one.subject.detector.qualified for one in firing if _suppresses(one, life)]
    return min(found, default=None)


def _suppresses(one: Life, other: Life) -> bool:
    """Neither is a shadow; of one family they are of one instance."""
    by, of = one.subject.detector, other.subject.detector
    if by.shadow or of.shadow or of.qualified not in by.suppresses:
        return False
    if by.family is None or of.family is None or not _is_same(by.family, of.family):
        return True
    return one.subject.instance == other.subject.instance


def _shown(part: str | Placeholder, subject: Subject, row: int) -> str:
    if isinstance(part, str):
        return part
    if part.node is None:
        return subject.instance[part.name]
    value = subject.reader.number(part.node, row)
    if value is None:
        return "unknown"
    if not part.spec and value.is_integer() and abs(value) < PLAIN_WHOLE:
        return str(int(value))
    return format(value, part.spec or "g")


def _is_same(one: Family, other: Family) -> bool:
    """Whether they have the same instances, whatever each leaves out."""
    return (one.metrics, one.words, one.label) == (other.metrics, other.words, other.label)
