"""What changed between two versions of a pack, for people."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.compare import (
    Bump,
    Change,
    Difference,
    EventChanges,
    is_enough,
    required_version,
)
from ptt_rules.border import plural
from ptt_rules.evaluation import Action, Event
from ptt_rules.report.terminal import Colour

_PLAIN = Colour()
_TITLES = {
    Bump.MAJOR: "Major: what builds on the old one may no longer load",
    Bump.MINOR: "Minor: other events or actions may come of the same run",
    Bump.PATCH: "Patch: the same findings, other texts",
}
_TONES = {Bump.MAJOR: "red", Bump.MINOR: "yellow", Bump.PATCH: "dim"}


def difference_text(difference: Difference, colour: Colour = _PLAIN) -> str:
    """The changes by what they mean, then the version that they ask for."""
    old, new = difference.old, difference.new
    head = f"{old.name} {old.version} -> {new.name} {new.version}"
    blocks = [[colour(head, "bold")]]
    for bump, title in _TITLES.items():
        found = [one for one in difference.changes if one.bump is bump]
        if found:
            blocks.append([colour(title, _TONES[bump]), *map(_line, found)])
    blocks.append([_verdict(difference)])
    return "\n\n".join("\n".join(lines) for lines in blocks)


def _line(change: Change) -> str:
    return f"  {change.turn.value:<8}  {change.text}"


def _verdict(difference: Difference) -> str:
    if not difference.changes:
        return "Nothing changed."
    if not difference.is_of_one_pack:
        return f"As versions of one pack they would be a {difference.bump.value} change apart."
    least = required_version(difference.old.version, difference.bump)
    asked = f"This asks for {least} ({difference.bump.value})"
    fits = "which it is" if is_enough(difference) else f"and {difference.new.version} is too low"
    return f"{asked}, {fits}."


def event_changes_text(changes: EventChanges, colour: Colour = _PLAIN) -> str:
    """The events of one run that only one of the two told."""
    gone, added = len(changes.gone), len(changes.added)
    counts = f"{plural(changes.same, 'event')} as before, {gone} no more, {added} new"
    lines = sorted([*_signed("-", changes.gone), *_signed("+", changes.added)])
    return "\n".join([f"{colour(changes.run, 'bold')}: {counts}", *(text for *_, text in lines)])


def _signed(sign: str, told: tuple[Event | Action, ...]) -> Iterator[tuple[int, str, str]]:
    for one in told:
        if isinstance(one, Event):
            what = f"{one.who} {one.event.value} {one.level.word}  {one.message}"
        else:
            what = f"policy {one.policy}: {one.action.value}"
        yield one.row, sign, f"  {sign} step {one.step}  {what}"
