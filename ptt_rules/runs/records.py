"""`events.jsonl`: events and actions of a run, and those of its surviving branch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ptt_rules.evaluation import Action, Event, EventKind
from ptt_rules.language import PttError
from ptt_rules.logs import Skip, skipped
from ptt_rules.runs.files import EVENTS, read_objects

RESUMED = "resumed"
FAULT = "fault"
CROWDED = "crowded"
"""Of a family with more instances than are judged."""
SKIPPED = "skipped_step"
RETRIED = "retried"
"""The trainer ran out of memory, and begins again in smaller batches."""
_EVENTS = frozenset(kind.value for kind in EventKind)


@dataclass(frozen=True, slots=True)
class Records:
    """The lines of `events.jsonl`.

    A run that resumed at an earlier step abandoned the events and actions after it: these are in
    `abandoned`. `notes` are all other lines (`resumed`, `fault`, ...), in order.
    """

    events: tuple[Event, ...] = ()
    actions: tuple[Action, ...] = ()
    abandoned: tuple[Event | Action, ...] = ()
    notes: tuple[Mapping[str, Any], ...] = ()

    @property
    def resumes(self) -> int:
        """How often the run went on from a checkpoint."""
        return sum(note.get("event") == RESUMED for note in self.notes)


def read_records(folder: Path, *, skip: Skip | None = None) -> Records:
    """The records of a run directory; none if nothing was reported yet.

    Errors: PTT401 for a line that is not a JSON object, PTT408 for an invalid event; none where
            `skip` takes them
    """
    path = folder / EVENTS
    recorded: list[Event | Action] = []
    abandoned: list[Event | Action] = []
    notes: list[Mapping[str, Any]] = []
    for number, line in enumerate(read_objects(path, skip=skip), start=1):
        try:
            one = _record(line, path, number)
        except PttError as error:
            skipped(error, skip)
            continue
        if one is not None:
            recorded.append(one)
            continue
        notes.append(line)
        if line.get("event") == RESUMED:
            rows = line.get("row", 0)
            abandoned += [one for one in recorded if one.row >= rows]
            recorded = [one for one in recorded if one.row < rows]
    return Records(
        events=tuple(one for one in recorded if isinstance(one, Event)),
        actions=tuple(one for one in recorded if isinstance(one, Action)),
        abandoned=tuple(abandoned),
        notes=tuple(notes),
    )


def _record(line: Mapping[str, Any], path: Path, number: int) -> Event | Action | None:
    """An event or an action; None for what is neither.

    Errors: PTT408
    """
    word = line.get("event")
    try:
        if word in _EVENTS:
            return _sound(Event.from_json(line))
        return Action.from_json(line) if word == "action" else None
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        message = (
            f"line {number} is not an event as ptt writes it ({type(error).__name__}: {error})"
        )
        hint = "remove or fix this line"
        raise PttError.of("PTT408", message, file=str(path), hint=hint) from error


def _sound(event: Event) -> Event:
    """Errors: TypeError for an event whose step, row, message or instance is of another kind"""
    is_counted = isinstance(event.step, int) and isinstance(event.row, int)
    texts = (event.detector, event.message, *event.instance.values())
    if not is_counted or not all(isinstance(text, str) for text in texts):
        raise TypeError("its step, row, message or instance is of another kind")
    return event


def faults(notes: Iterable[Mapping[str, Any]]) -> list[str]:
    """Failures inside ptt itself, with their steps."""
    return [
        f"step {note.get('step')}: {note.get('message')} [{note.get('code')}]"
        for note in notes
        if note.get("event") == FAULT
    ]


def retries(notes: Iterable[Mapping[str, Any]]) -> list[str]:
    """How often the training did not fit into memory, in a sentence each."""
    return [
        f"It ran out of memory after step {note.get('step')} with batches of "
        f"{note.get('batch_size')}, and began again with batches of {note.get('next_batch_size')}."
        for note in notes
        if note.get("event") == RETRIED
    ]


def skipped_steps(notes: Iterable[Mapping[str, Any]]) -> list[int]:
    """The steps that the guard of gradients dropped, on the branch that goes on."""
    steps: list[int] = []
    for note in notes:
        if note.get("event") == SKIPPED:
            steps.append(note.get("step", 0))
        elif note.get("event") == RESUMED:
            steps = [step for step in steps if step <= note.get("step", 0)]
    return steps
