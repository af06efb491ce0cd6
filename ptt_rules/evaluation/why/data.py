"""Explanations: why a detector fired at a row, or why it did not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from ptt_rules.evaluation.events import Event, json_number
from ptt_rules.evaluation.judge import Status
from ptt_rules.evaluation.polars import Held
from ptt_rules.language import Level, Who

Value = float | bool | None


class Role(Enum):
    """What a part of a condition is; `and` is all of its parts, `or` any of them."""

    PARAMETER = "parameter"
    CONFIG = "training argument"
    FACT = "fact of the run"
    METRIC = "metric"
    WINDOW = "window"
    FORMULA = "formula"
    ALL = "all of"
    ANY = "any of"


@dataclass(frozen=True, slots=True)
class Logged:
    """Where the newest observation of a metric without a window is from."""

    row: int
    step: int
    steps_ago: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a condition as it is written, with its value at the row.

    `name` is that of the `let` that it stands for; where that was explained before, `is_above`
    is true and it has no parts. `unknown` is why it is unknown, if not for one of its parts.
    """

    text: str
    value: Value
    role: Role = Role.FORMULA
    name: str | None = None
    unknown: str | None = None
    held: Held | None = None
    logged: Logged | None = None
    parts: tuple[Part, ...] = ()
    is_above: bool = False

    @property
    def written(self) -> str:
        if self.name is None or self.is_above:
            return self.text
        return f"{self.name} = {self.text}"

    def walk(self) -> Iterator[Part]:
        """The part and all parts of it, in their order."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "name": self.name,
            "role": self.role.value,
            "value": json_number(self.value),
            "unknown": self.unknown,
            "window": asdict(self.held) if self.held else None,
            "logged": asdict(self.logged) if self.logged else None,
            "above": self.is_above,
            "parts": [part.to_json() for part in self.parts],
        }


@dataclass(frozen=True, slots=True)
class LevelPart:
    level: Level
    condition: Part

    def to_json(self) -> dict[str, Any]:
        return {"level": self.level.word, "condition": self.condition.to_json()}


@dataclass(frozen=True, slots=True)
class Wait:
    """A clause that waits (`after`, `for`, `keep`, `again every`): what it still waits for."""

    clause: str
    text: str
    is_over: bool

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A detector, or an instance of it, at one row of a log.

    `chosen` is why it is this row; `unjudged` why it was not judged there (None: it was);
    `missing` are the keys that no row up to there has, of each metric that has none. `status`
    and `level` are those after the row, `event` what it told there. Without a row the log is
    empty, and the detector has only its name.
    """

    detector: str
    instance: Mapping[str, str]
    row: int | None
    step: int | None
    time: float | None
    chosen: str
    status: Status
    level: Level | None = None
    since_step: int | None = None
    """Since when it fires, or since when a level holds that does not fire yet."""
    event: Event | None = None
    unjudged: str | None = None
    missing: tuple[tuple[str, ...], ...] = ()
    levels: tuple[LevelPart, ...] = ()
    until: Part | None = None
    waits: tuple[Wait, ...] = ()
    suppressed_by: str | None = None
    shadow: bool = False

    @property
    def who(self) -> str:
        """The detector, with the instance that it is for."""
        return str(Who.of(self.detector, self.instance.values()))

    def to_json(self) -> dict[str, Any]:
        return {
            "detector": self.detector,
            "instance": dict(self.instance),
            "row": self.row,
            "step": self.step,
            "time": self.time,
            "chosen": self.chosen,
            "status": self.status.value,
            "level": self.level.word if self.level else None,
            "since_step": self.since_step,
            "event": self.event.to_json() if self.event else None,
            "unjudged": self.unjudged,
            "missing": [list(keys) for keys in self.missing],
            "levels": [level.to_json() for level in self.levels],
            "until": self.until.to_json() if self.until else None,
            "waits": [wait.to_json() for wait in self.waits],
            "suppressed_by": self.suppressed_by,
            "shadow": self.shadow,
        }
