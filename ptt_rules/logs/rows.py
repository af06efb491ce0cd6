"""One log event of a trainer as numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ptt_rules.border import described, number
from ptt_rules.language import PttError

STEP_LIMIT = 2**53
"""Steps are below it, so that all formats can say them exactly."""

RESUMED = "resumed"
"""The key that marks the first row after a resume."""

POSITION_KEYS = frozenset({"step", "time", "epoch", RESUMED})


@dataclass(frozen=True, slots=True)
class Row:
    """A log event: where it stands in the run and the observed metrics.

    Unit:  `time` in seconds since the run began
    Null:  a key that is not in `values` is absent; a key logged as None is NaN

    `resumed` marks the first row after a resume.
    """

    step: int
    time: float | None
    epoch: float | None
    values: Mapping[str, float]
    unreadable: tuple[str, ...] = ()
    resumed: bool = False

    @property
    def logged(self) -> dict[str, Any]:
        """The log event that it was read from, as far as it could be."""
        mark = {RESUMED: True} if self.resumed else {}
        return {"step": self.step, "time": self.time, "epoch": self.epoch, **mark, **self.values}


def read_row(logs: Mapping[str, Any]) -> Row:
    """A log event, with keys as logged, as a row of the metric frame.

    Errors: PTT501 if `step` is missing or is not a whole number of at least 0
    """
    values: dict[str, float] = {}
    unreadable: list[str] = []
    for key, logged in logs.items():
        if key in POSITION_KEYS:
            continue
        # nearly all are floats, and a call takes longer than the test
        value = logged if type(logged) is float else number(logged)
        if value is None:
            unreadable.append(key)
        else:
            values[key] = value
    return Row(
        step=_step(logs),
        time=_position(logs, "time"),
        epoch=_position(logs, "epoch"),
        values=values,
        unreadable=tuple(unreadable),
        resumed=RESUMED in logs and is_mark(logs[RESUMED]),
    )


def _step(logs: Mapping[str, Any]) -> int:
    step = number(logs["step"]) if "step" in logs else None
    if step is None or not 0 <= step < STEP_LIMIT or step != int(step):
        found = described(logs["step"]) if "step" in logs else "none"
        raise PttError.of(
            "PTT501",
            "a row needs a `step` that is a whole number of at least 0 and below 2**53, "
            f"not {found}",
            hint="give each row the trainer's global step, such as `{'step': 10, 'loss': 0.3}`",
        )
    return int(step)


def is_mark(value: Any) -> bool:
    """Whether what a row has as `resumed` marks it: true (also as text), or a number, not 0."""
    if isinstance(value, str) and value.strip().lower() == "true":
        return True  # as a CSV has it
    marked = number(value)
    return marked is not None and marked == marked and marked != 0


def _position(logs: Mapping[str, Any], key: str) -> float | None:
    value = number(logs[key]) if key in logs else None
    return value if value is not None and math.isfinite(value) else None


def packed(value: Any) -> Any:
    """Numbers in tuples and lists as strict JSON has them: what is not finite as a string."""
    if isinstance(value, (tuple, list)):
        return [packed(part) for part in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def unpacked(value: Any) -> Any:
    """The argument of `packed`, with tuples for lists."""
    if isinstance(value, list):
        return tuple(unpacked(part) for part in value)
    return float(value) if isinstance(value, str) else value
