"""What is told of a row: events with their texts, in order, and what is suppressed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ptt_rules import Event
from ptt_rules.backends.reference import Value
from ptt_rules.ir.pack import Placeholder
from tests.reference.judgements import Subject
from tests.reference.lifecycle import Change, Life

PLAIN_WHOLE = 1e15
"""Whole numbers below it are written out where a text asks for no format."""


def tell(changes: Sequence[tuple[Life, Change]], lives: Iterable[Life], row: int) -> list[Event]:
    """The events of a row: worst level first, then by name and instance."""
    firing = [life for life in lives if life.level is not None]
    events = [_event(life.subject, change, row, firing) for life, change in changes]
    return sorted(events, key=lambda one: (-one.level, one.detector, [*one.instance.values()]))


def _event(subject: Subject, change: Change, row: int, firing: Sequence[Life]) -> Event:
    detector, here = subject.detector, subject.reader.log.rows[row]
    return Event(
        event=change.kind,
        detector=detector.qualified,
        level=change.level,
        step=here.step,
        row=row,
        time=here.time,
        message="".join(_shown(part, subject, row) for part in detector.message),
        values=values(subject, row),
        instance=subject.instance,
        suppressed_by=_suppressor(subject, firing),
        since_step=change.since_step,
        shadow=detector.shadow,
    )


def values(subject: Subject, row: int) -> dict[str, Value]:
    """The named quantities of a detector at a row."""
    named = subject.detector.values
    return {name: subject.reader.value(node, row) for name, node in named.items()}


def _suppressor(subject: Subject, firing: Sequence[Life]) -> str | None:
    """The first by name of those that fire after the row, are no shadows, and suppress it."""
    others = [life.subject.detector for life in firing]
    name = subject.detector.qualified
    found = [one.qualified for one in others if name in one.suppresses and not one.shadow]
    return min(found, default=None)


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
