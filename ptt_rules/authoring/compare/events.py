"""The events of a run that two versions of a pack do not have in common."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from ptt_rules.evaluation import Action, Event
from ptt_rules.packs import Pack
from ptt_rules.replaying import Replay, replay

_Key = tuple[str, int, str, str]


@dataclass(frozen=True, slots=True)
class EventChanges:
    """Events that only the old version reports of a run, those of only the new one, and `same` in
    both."""

    run: str
    gone: tuple[Event | Action, ...]
    added: tuple[Event | Action, ...]
    same: int

    def to_json(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "gone": [one.to_json() for one in self.gone],
            "added": [one.to_json() for one in self.added],
            "same": self.same,
        }


def compare_over(old: Pack, new: Pack, run: str) -> EventChanges:
    """Judges a log by both; events are the same if step, detector, instance and level are.

    Errors: PTT401 to PTT404 for the log
    """
    before, after = (_reported(pack, replay(pack, run)) for pack in (old, new))
    gone = _missing(before, after)
    return EventChanges(run, gone, _missing(after, before), len(before) - len(gone))


def _reported(pack: Pack, judged: Replay) -> list[tuple[_Key, Event | Action]]:
    """Events and actions in order, by a key without the name of the pack."""
    own = f"{pack.name}."
    reported = [event for event in judged.events if event.is_visible]
    keyed: list[tuple[_Key, Event | Action]] = [(_event_key(one, own), one) for one in reported]
    keyed += [(("action", one.step, one.action.value, ""), one) for one in judged.actions]
    return sorted(keyed, key=lambda pair: pair[1].row)


def _event_key(event: Event, own: str) -> _Key:
    who = event.who.removeprefix(own)
    return event.event.value, event.step, who, event.level.word


def _missing(
    some: list[tuple[_Key, Event | Action]], others: list[tuple[_Key, Event | Action]]
) -> tuple[Event | Action, ...]:
    left = Counter(key for key, _ in others)
    found = []
    for key, one in some:
        if left[key]:
            left[key] -= 1
        else:
            found.append(one)
    return tuple(found)
