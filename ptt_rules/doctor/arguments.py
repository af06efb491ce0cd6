"""Checks of training arguments, a row each: when it trips, what that means, the way out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ptt_rules.border import number
from ptt_rules.doctor.check import Found, Verdict
from ptt_rules.doctor.setup import Setup
from ptt_rules.language import ActionKind
from ptt_rules.packs import Pack

_ENDING = frozenset({ActionKind.CHECKPOINT, ActionKind.INVALIDATE, ActionKind.STOP})
"""Actions after which people want to go back to a checkpoint."""
_FEW = 5
"""So few checkpoints are gone before many faults are found."""


def _word(value: object) -> str:
    return str(getattr(value, "value", value)).lower()


@dataclass(frozen=True, slots=True)
class Row:
    """One way in which arguments trip ptt; the texts may name arguments in braces."""

    name: str
    trips: Callable[[Setup], bool]
    found: str
    way_out: str
    verdict: Verdict = Verdict.TRIPS

    def look(self, setup: Setup) -> Found:
        if self.trips(setup):
            values = _Values(setup)
            yield self.verdict, self.found.format_map(values), self.way_out.format_map(values)


class _Values(dict[str, Any]):
    def __init__(self, setup: Setup) -> None:
        super().__init__(setup.arguments)
        self.update(logging_steps=f"{setup.logging_steps:g}")
        self.update(policy=setup.pack and setup.pack.policy)


def _is_ended_by(pack: Pack | None) -> bool:
    return pack is not None and not _ENDING.isdisjoint(pack.actions)


def _never_saves(setup: Setup) -> bool:
    return _is_ended_by(setup.pack) and _word(setup.argument("save_strategy")) == "no"


def _saves_late(setup: Setup) -> bool:
    save, last = number(setup.argument("save_steps", 500)), number(setup.argument("max_steps"))
    by_steps = _word(setup.argument("save_strategy", "steps")) == "steps"
    is_late = save is not None and last is not None and 0 < last <= save
    return _is_ended_by(setup.pack) and by_steps and is_late


def _keeps_few(setup: Setup) -> bool:
    limit = number(setup.argument("save_total_limit"))
    return _is_ended_by(setup.pack) and limit is not None and limit < _FEW


def _is_filtered(setup: Setup) -> bool:
    return setup.argument("logging_nan_inf_filter", True) is True


def _never_logs(setup: Setup) -> bool:
    return _word(setup.argument("logging_strategy")) == "no"


def _logs_by_epoch(setup: Setup) -> bool:
    return _word(setup.argument("logging_strategy")) == "epoch"


def _logs_rarely(setup: Setup) -> bool:
    by_steps = _word(setup.argument("logging_strategy", "steps")) in ("steps", "none")
    return by_steps and setup.logging_steps > 1


ROWS = (
    Row(
        "logging_strategy",
        _never_logs,
        'logging_strategy is "no": nothing is logged, and nothing judged',
        'logging_strategy="steps", logging_steps=1',
        Verdict.FAILS,
    ),
    Row(
        "logging_by_epoch",
        _logs_by_epoch,
        "one log an epoch: windows count logs, and nearly no rule has enough of them",
        'logging_strategy="steps", logging_steps=1',
    ),
    Row(
        "logging_steps",
        _logs_rarely,
        "logging_steps is {logging_steps}: a fault is seen up to {logging_steps} steps late, and "
        "windows of 50 logs are {logging_steps} times as long",
        "logging_steps=1",
    ),
    Row(
        "logging_nan_inf_filter",
        _is_filtered,
        "logging_nan_inf_filter is True: a NaN loss is logged as a number",
        "logging_nan_inf_filter=False",
    ),
    Row(
        "save_strategy",
        _never_saves,
        'save_strategy is "no": policy {policy} saves where it stops, which is too late to go '
        "back to",
        'save_strategy="steps", with a save_steps of what you can afford to lose',
    ),
    Row(
        "save_steps",
        _saves_late,
        "save_steps is not below max_steps ({max_steps}): policy {policy} has no checkpoint to "
        "go back to",
        "a lower save_steps: what you can afford to lose",
    ),
    Row(
        "save_total_limit",
        _keeps_few,
        "save_total_limit is {save_total_limit}: the last good checkpoint may be deleted before "
        "policy {policy} acts",
        f"save_total_limit={_FEW} or more",
    ),
    Row(
        "save_only_model",
        lambda setup: setup.argument("save_only_model") is True,
        "save_only_model is True: no checkpoint has the optimizer, so that none can be resumed",
        "save_only_model=False",
    ),
)


def channels(setup: Setup) -> Found:
    """Channels that the policy names and the callback is not given."""
    if setup.pack is None or setup.run is not None or "channels" in setup.unread:
        return
    given: Mapping[str, Any] = setup.callback.get("channels") or {}
    for name in sorted(setup.pack.channels - given.keys()):
        text = f'policy {setup.pack.policy} notifies "{name}", and no such channel is given'
        way = f'DiagnosticsCallback(channels={{"{name}": "https://..."}})'
        if setup.callback:
            yield Verdict.FAILS, text, way
