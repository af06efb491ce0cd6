"""Events and actions as the short blocks that a person reads at 3 a.m."""

from __future__ import annotations

from collections.abc import Sequence

from ptt_rules.border import visible
from ptt_rules.evaluation import MOST_INSTANCES, Action, Crowded, Event, EventKind, with_values
from ptt_rules.language import ActionKind, Level
from ptt_rules.packs import DetectorInfo
from ptt_rules.report.terminal import WIDTH, Colour, wrapped

_PLAIN = Colour()
TONES = {
    Level.CRITICAL: ("bold", "red"),
    Level.HIGH: ("red",),
    Level.MEDIUM: ("yellow",),
    Level.LOW: ("cyan",),
}
_QUIET_KINDS = frozenset({EventKind.EASED, EventKind.RESOLVED, EventKind.AGAIN})


def event_text(
    event: Event,
    detector: DetectorInfo | None = None,
    colour: Colour = _PLAIN,
    width: int = WIDTH,
    *,
    is_finding: bool = False,
) -> str:
    """What happened, and, the first time (`is_finding`), why it matters and what to do."""
    tones = TONES[event.level] if event.event is not EventKind.RESOLVED else ("dim",)
    badge = colour(_badge(event).ljust(8), *tones)
    head = f"{badge} {event.who}  step {event.step}{_since(event)}"
    lines = [head, *_wrapped("", event.message, width)]
    if event.event is EventKind.BROKEN:
        lines += _wrapped("see   ", "ptt explain PTT502; all other detectors go on", width)
    elif detector is not None and (is_finding or event.event not in _QUIET_KINDS):
        lines += _wrapped("why   ", with_values(detector.why_of(event.level), event), width)
        lines += _wrapped("try   ", with_values(detector.remedy_of(event.level), event), width)
        lines += _wrapped("see   ", detector.reference, width)
    return "\n".join(lines)


def note_text(event: Event) -> str:
    """An event in one sentence."""
    kind = f" ({event.event.value})" if not event.event.is_finding else ""
    return f"{event.level.word.upper()} {event.who} step {event.step}{kind}: {event.message}"


def action_text(actions: Sequence[Action]) -> str:
    """One line for the actions of a row."""
    names = ", ".join(map(deed_text, actions))
    because = ", ".join(dict.fromkeys(name for action in actions for name in action.because))
    told = f"policy {actions[0].policy} at step {actions[0].step}: {names}"
    return f"{told} (because of {because})" if because else told


def deed_text(action: Action) -> str:
    """What an action does, in a few words."""
    arguments = action.arguments
    if action.fault and action.action is not ActionKind.SET:
        return f"no {action.action.value}, since its condition failed: {visible(action.fault)}"
    match action.action:
        case ActionKind.SET:
            return f"set {arguments['hyperparameter']} to {_set_to(action)}"
        case ActionKind.NOTIFY:
            return f'notify "{visible(str(arguments["channel"]))}"'
        case ActionKind.PAUSE:
            return f"pause {arguments['seconds']:g} s"
        case ActionKind.RESET:
            return f"reset {arguments['hyperparameter']}"
        case ActionKind.ROLLBACK if "metric" in arguments:
            return f"rollback to {arguments['to']} {arguments['metric']}"
    return str(action.action.value)


def _set_to(action: Action) -> str:
    value = action.arguments["value"]
    if value is not None:
        return f"{value:g}"
    why = f"failed: {visible(action.fault)}" if action.fault else "is unknown"
    return f"nothing, since its formula {why}"


def crowded_text(crowded: Crowded) -> str:
    """A family of which not all instances are judged."""
    keys = " or ".join(f"`{key}`" for key in crowded.keys)
    return (
        f"{keys} has more than {MOST_INSTANCES:,} instances: those from `{crowded.key}` on "
        "are not judged"
    )


def _badge(event: Event) -> str:
    if event.event in (EventKind.RESOLVED, EventKind.EASED, EventKind.BROKEN):
        return str(event.event.value)
    return event.level.word.upper()


def _since(event: Event) -> str:
    words: dict[EventKind, str] = {
        EventKind.ESCALATED: " (escalated)",
        EventKind.EASED: f" (to {event.level.word})",
        EventKind.RESOLVED: f" (was {event.level.word})",
        EventKind.AGAIN: " (still)",
    }
    text = words.get(event.event, "")
    if event.since_step is not None and event.since_step != event.step:
        text += f", since step {event.since_step}"
    return text


def _wrapped(label: str, text: str, width: int) -> list[str]:
    if not text:
        return []
    return wrapped(" ".join(text.split()), width, label=" " * 9 + label).split("\n")
