"""One log event of a trainer as numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, SupportsFloat

from ptt_rules.diagnostics import PttError

POSITION_KEYS = frozenset({"step", "time", "epoch"})


@dataclass(frozen=True, slots=True)
class Row:
    """A log event: where it stands in the run and the observed metrics.

    Unit:  `time` in seconds since the run began
    Null:  a key that is not in `values` is absent; a key logged as None is NaN
    """

    step: int
    time: float | None
    epoch: float | None
    values: Mapping[str, float]
    unreadable: tuple[str, ...] = ()


def number(value: Any) -> float | None:
    """The number that a logged value stands for; None if it stands for none.

    Strings that hold numbers, NumPy scalars and tensors of one element are numbers, a logged
    None is NaN. Lists, mappings and other strings are not.
    """
    if type(value) is float:  # nearly all are, and the tests below take longer than a rule
        return value
    if value is None:
        return math.nan
    if isinstance(value, (list, tuple, dict, set, bytes)):
        return None
    if not isinstance(value, (int, str)) and not isinstance(value, SupportsFloat):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        return None


def read_row(logs: Mapping[str, Any]) -> Row:
    """A log event, with keys as logged, as a row of the metric frame.

    Errors: PTT501 if `step` is missing or is not a whole number of at least 0
    """
    values: dict[str, float] = {}
    unreadable: list[str] = []
    for key, logged in logs.items():
        if key in POSITION_KEYS:
            continue
        value = number(logged)
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
    )


def _step(logs: Mapping[str, Any]) -> int:
    step = number(logs["step"]) if "step" in logs else None
    if step is None or not math.isfinite(step) or step != int(step) or step < 0:
        found = repr(logs["step"]) if "step" in logs else "none"
        raise PttError.of(
            "PTT501",
            f"a row needs a `step` that is a whole number of at least 0, not {found}",
            hint="give each row the trainer's global step, such as `{'step': 10, 'loss': 0.3}`",
        )
    return int(step)


def _position(logs: Mapping[str, Any], key: str) -> float | None:
    value = number(logs[key]) if key in logs else None
    return value if value is not None and math.isfinite(value) else None


def packed(value: Any) -> Any:
    """Numbers in tuples and lists as strict JSON has them: what is not finite as a string."""
    if isinstance(value, (tuple, list)):
        return [packed(part) for part in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def unpacked(value: Any) -> Any:
    """What `packed` was given, with tuples for lists."""
    if isinstance(value, list):
        return tuple(unpacked(part) for part in value)
    return float(value) if isinstance(value, str) else value
