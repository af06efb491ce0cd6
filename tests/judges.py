"""The four ways to judge a run, which must agree, and what was told and done as short lines.

fired kl_high critical at 12                        (with ": message" where it is expected)
fired reward_flat[format] medium at 9               an instance of a family
fired kl_drift low at 9 (suppressed by kl_high)     recorded, not reported
fired kl_new low at 9 (shadow)
action set learning_rate = 0.0005 at 12
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any
from unittest.mock import patch

from ptt_rules import Action, Engine, Event, Pack, Replay, replay, replaying
from ptt_rules.logs import RunContext
from tests.reference.judge import reference

Rows = Sequence[Mapping[str, Any]]
Told = list[Event | Action]
Known = Mapping[str, Any] | RunContext
"""Training arguments alone, or all that is known of a run beside its rows."""
Judge = Callable[[Pack, Rows, Known], Told]


def context_of(known: Known) -> RunContext:
    return known if isinstance(known, RunContext) else RunContext.of(known)


def passed(known: Known) -> dict[str, Any]:
    """As callers pass it to `replay` and `why`."""
    return {one.name: getattr(context_of(known), one.name) for one in fields(RunContext)}


def live(pack: Pack, rows: Rows, known: Known) -> Told:
    """Row by row, by one engine."""
    engine = Engine(pack.compiled, context_of(known))
    told: Told = []
    for row in rows:
        told += engine.observe(row)
        told += engine.actions
    return told


def interrupted(pack: Pack, rows: Rows, known: Known) -> Told:
    """As live, but each row is judged by a new engine from the saved state of the last."""
    state = None
    told: Told = []
    for row in rows:
        engine = Engine(pack.compiled, context_of(known), state)
        told += engine.observe(row)
        told += engine.actions
        state = json.loads(json.dumps(engine.state(), allow_nan=False))
    return told


def in_columns(pack: Pack, rows: Rows, known: Known | None = None) -> Replay:
    """A log replayed in columns, as long ones are, however short it is."""
    with patch.multiple(replaying, LEAST_ROWS=0, MOST_GROWN=1 << 20):
        return replay(pack, rows, **passed(known or {}))


def whole(pack: Pack, rows: Rows, known: Known) -> Told:
    """All rows at once, as a frame."""
    judged = in_columns(pack, rows, known)
    told: Told = [*judged.events, *judged.actions]
    return sorted(told, key=lambda line: line.row)


JUDGES: tuple[Judge, ...] = (live, interrupted, whole, reference)


def lines(told: Told, expected: Sequence[str]) -> list[str]:
    """What was told as text; a message is shown where the expected line has one."""
    padded = [*expected, *[""] * len(told)]
    return [_line(one, text) for one, text in zip(told, padded, strict=False)]


def _line(one: Event | Action, expected: str) -> str:
    said = one.to_json()
    if isinstance(one, Action):
        return f"action {_deed(said)} at {one.step}"
    labels = "".join(f"[{label}]" for label in one.instance.values())
    name = one.detector.partition(".")[2]
    text = f"{one.event.value} {name}{labels} {one.level.word} at {one.step}{_untold(said)}"
    return f"{text}: {one.message}" if ": " in expected else text


def _deed(said: Mapping[str, Any]) -> str:
    word = said["action"]
    if word == "set":
        return f"set {said['hyperparameter']} = {_number(said['value'])}"
    if word == "notify":
        return f'notify "{said["channel"]}"'
    if word == "pause":
        return f"pause {said['seconds']:g} s"
    if word == "reset":
        return f"reset {said['hyperparameter']}"
    if word == "rollback" and "metric" in said:
        return f"rollback to {said['to']} {said['metric']}"
    return str(word)


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:g}"


def _untold(said: Mapping[str, Any]) -> str:
    if said.get("shadow"):
        return " (shadow)"
    by = said["suppressed_by"]
    return f" (suppressed by {by.partition('.')[2]})" if by else ""
