"""Policies at work: from events of a row to the actions decided on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ptt_rules.engine.events import Action, Event, EventKind
from ptt_rules.ir.pack import Policy, Reaction, Trigger
from ptt_rules.types import ActionKind


class PolicyRun:
    """What a policy has done so far: each reaction once for each firing of a detector."""

    def __init__(self, policy: Policy | None) -> None:
        self._policy = policy
        self._done: set[tuple[int, str]] = set()

    def react(self, events: Sequence[Event]) -> list[Action]:
        """The actions that the events of one row lead to, in the order of carrying out."""
        if self._policy is None or not events:
            return []
        causes: dict[ActionKind, list[Event]] = {}
        for event in events:
            for number, reaction in enumerate(self._policy.reactions):
                if self._is_due(number, reaction, event):
                    self._done.add((number, event.detector))
                    for kind in reaction.actions:
                        causes.setdefault(kind, []).append(event)
            if event.event is EventKind.RESOLVED:
                self._done = {done for done in self._done if done[1] != event.detector}
        return [_action(self._policy, kind, causes[kind]) for kind in ActionKind if kind in causes]

    def _is_due(self, number: int, reaction: Reaction, event: Event) -> bool:
        if event.event in (EventKind.RESOLVED, EventKind.BROKEN, EventKind.AGAIN):
            return False
        return (number, event.detector) not in self._done and _fits(reaction.trigger, event)

    def state(self) -> list[Any]:
        return sorted([number, detector] for number, detector in self._done)

    def restore(self, state: Iterable[Sequence[Any]]) -> None:
        self._done = {(number, detector) for number, detector in state}


def _fits(trigger: Trigger, event: Event) -> bool:
    if trigger.detector is None:
        return trigger.level is not None and event.level >= trigger.level
    named = trigger.detector in (event.detector, event.detector.partition(".")[2])
    return named and trigger.level in (None, event.level)


def _action(policy: Policy, kind: ActionKind, causes: Sequence[Event]) -> Action:
    first = causes[0]
    because = tuple(dict.fromkeys(event.detector for event in causes))
    values = {
        f"{event.detector}.{name}": value
        for event in causes
        for name, value in event.values.items()
    }
    return Action(policy.name, kind, first.step, first.row, first.time, because, values)
