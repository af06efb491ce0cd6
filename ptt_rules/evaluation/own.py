"""What findings of people's own checks say, beside the numbers that they are judged by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ptt_rules.evaluation.events import Event, EventKind
from ptt_rules.logs import Texts

OWN_DETECTOR = "user.finding"
"""The detector whose instances they are."""


def with_own_texts(events: Iterable[Event], texts: Texts) -> list[Event]:
    """Events, of which those of own findings say what was said at their step."""
    return [_said(one, texts) if one.detector == OWN_DETECTOR else one for one in events]


def _said(event: Event, texts: Texts) -> Event:
    level = 0 if event.event is EventKind.RESOLVED else int(event.level)
    words = event.instance.values()
    text = next((t for word in words if (t := texts.get((word, event.step, level)))), None)
    return event if text is None else replace(event, message=text)
