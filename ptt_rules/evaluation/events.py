"""What the engine tells: events of detectors and actions of policies."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ptt_rules.language import ActionKind, Level, Who


class EventKind(Enum):
    FIRED = "fired"
    ESCALATED = "escalated"
    EASED = "eased"
    RESOLVED = "resolved"
    AGAIN = "again"
    BROKEN = "broken"

    @property
    def is_finding(self) -> bool:
        """Whether a detector found something, or something worse than before."""
        return self in (EventKind.FIRED, EventKind.ESCALATED)


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """A change in the life of one detector at one row of the log.

    `row` counts log rows from 0, `time` is in seconds since the run began (None if the log
    has none), `values` are those that the detector names (None: unknown), `since_step` is the
    step since which some level of it has held at every judgement. An event that has
    `suppressed_by`, or is of a detector in shadow, is recorded and not reported: so is the end of
    a finding that never was.
    """

    event: EventKind
    detector: str
    level: Level
    step: int
    row: int
    time: float | None
    message: str
    values: Mapping[str, float | bool | None] = field(default_factory=dict)
    instance: Mapping[str, str] = field(default_factory=dict)
    suppressed_by: str | None = None
    since_step: int | None = None
    shadow: bool = False

    @property
    def is_visible(self) -> bool:
        return self.suppressed_by is None and not self.shadow

    @property
    def who(self) -> str:
        """The detector, with the instance that it is for: one line, whatever a log calls it."""
        return str(Who.of(self.detector, self.instance.values()))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Event:
        """The event that `to_json` wrote. Errors: KeyError, ValueError if it wrote none such"""
        return cls(
            event=EventKind(data["event"]),
            detector=data["detector"],
            level=Level.of(data["level"]),
            step=data["step"],
            row=data["row"],
            time=data["time"],
            message=data["message"],
            values=_numbers(data["values"]),
            instance=dict(data["instance"]),
            suppressed_by=data["suppressed_by"],
            since_step=data["since_step"],
            shadow=data["shadow"],
        )

    def __eq__(self, other: object) -> bool:
        """Whether two events say the same; a NaN among their values says the same as a NaN."""
        return isinstance(other, Event) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash((self.event, self.detector, self.level, self.row))

    def to_json(self) -> dict[str, Any]:
        return {
            "event": self.event.value,
            "detector": self.detector,
            "instance": dict(self.instance),
            "level": self.level.word,
            "step": self.step,
            "row": self.row,
            "time": self.time,
            "message": self.message,
            "values": {name: json_number(value) for name, value in self.values.items()},
            "suppressed_by": self.suppressed_by,
            "since_step": self.since_step,
            "shadow": self.shadow,
        }


@dataclass(frozen=True, slots=True)
class Formed:
    """How the value of a `set` was formed.

    `of` is what the hyper-parameter was before, where the formula names it; one that `is_plain` is
    a number, or a parameter, and nothing else.
    """

    of: float | None = None
    is_plain: bool = False


def event_order(event: Event) -> tuple[int, str, tuple[str, ...]]:
    """Events of one row: the worst first, then by detector and instance."""
    return -event.level, event.detector, tuple(event.instance.values())


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """One decision of a policy, with the detectors that led to it.

    `arguments` are those of its kind: `channel`, `seconds`, `hyperparameter`, with `value` where it
    is set (None: the formula was unknown and nothing is set), or `to` and `metric`. With `fault`
    the formula, or the condition of its reaction, failed and is off from then on, which is
    reported where it happens, because of no detector: nothing is carried out. `formed` is known
    where it was decided, of a `set` whose value is known, and is not written down.
    """

    policy: str
    action: ActionKind
    step: int
    row: int
    time: float | None
    because: tuple[str, ...]
    values: Mapping[str, float | bool | None] = field(default_factory=dict)
    arguments: Mapping[str, float | str | None] = field(default_factory=dict)
    formed: Formed | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Action:
        """The action that `to_json` wrote. Errors: KeyError, ValueError if it wrote none such"""
        return cls(
            policy=data["policy"],
            action=ActionKind(data["action"]),
            step=data["step"],
            row=data["row"],
            time=data["time"],
            because=tuple(data["because"]),
            values=_numbers(data["values"]),
            arguments={key: _argument(key, data[key]) for key in data if key not in _OWN},
        )

    @property
    def fault(self) -> str | None:
        """What failed in the formula of a `set`."""
        fault = self.arguments.get("fault")
        return None if fault is None else str(fault)

    @property
    def ends_run(self) -> bool:
        """Whether no row after its own is judged until the log shows a resume."""
        return self.action is ActionKind.STOP and self.fault is None

    def __eq__(self, other: object) -> bool:
        """Whether two actions say the same, as for events."""
        return isinstance(other, Action) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash((self.policy, self.action, self.row))

    def to_json(self) -> dict[str, Any]:
        return {
            "event": "action",
            "policy": self.policy,
            "action": self.action.value,
            **{name: _json_argument(value) for name, value in self.arguments.items()},
            "step": self.step,
            "row": self.row,
            "time": self.time,
            "because": list(self.because),
            "values": {name: json_number(value) for name, value in self.values.items()},
        }


def _json_argument(value: float | str | None) -> float | str | None:
    return value if isinstance(value, str) else json_number(value)


def json_number(value: float | bool | None) -> float | bool | str | None:
    """A number as strict JSON has it; NaN and infinities become strings that `float` reads."""
    if isinstance(value, float) and not math.isfinite(value):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    return value


_OWN = frozenset({"event", "policy", "action", "step", "row", "time", "because", "values"})
_COUNTED = frozenset({"seconds", "value"})
"""Arguments of actions that are numbers."""


def _numbers(values: Mapping[str, Any]) -> dict[str, float | bool | None]:
    """What `json_number` was given."""
    return {key: float(v) if isinstance(v, str) else v for key, v in values.items()}


def _argument(key: str, value: float | str | None) -> float | str | None:
    return float(value) if key in _COUNTED and isinstance(value, str) else value
