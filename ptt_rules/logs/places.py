"""Where a row stands in its run, by the names that loggers give to steps and times.

Trackers count their own calls beside the steps of the trainer (`_step` of Weights & Biases,
`step` of Trackio's table), so the trainer's names go before theirs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ptt_rules.border import number
from ptt_rules.language import PttError
from ptt_rules.language.metrics import find

STEP_KEYS = (
    "step",
    "train/global_step",
    "trainer/global_step",
    "training/global_step",
    "training_step",
    "global_step",
    "current_steps",
    "iteration",
    "global_step/max_steps",
    "Step",
    "_step",
)
"""Names of a step, those of trainers before those that count the calls of a logger."""

COUNTED = "the log has no steps: its rows are counted, from 1"
"""The note on a log whose rows are its steps."""

_CLOCKS = ("time", "_runtime", "elapsed_time", "_timestamp")
_EPOCH_SECONDS = 1e8
"""Times above it, three years, are moments and not durations."""
_OF_TOTAL = re.compile(r"\s*(\d+)\s*/\s*\d+\s*")
_CLOCK = re.compile(r"(?:(\d+) days?, )?(\d+):(\d\d):(\d\d)")
_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SPANS = re.compile(r"(\d+(?:\.\d+)?)\s*([dhms])")


@dataclass(frozen=True, slots=True)
class Placed:
    """Log dicts with `step` and `time` by these names, and what is to be said of them."""

    rows: list[dict[str, Any]]
    notes: tuple[str, ...] = ()


def placed(rows: Iterable[Mapping[str, Any]], *, file: str = "") -> Placed:
    """Log dicts with `step` and `time`, whatever the logger calls them; `file` is named in errors.

    Unit:   `time` in seconds since the first row, or since the run began where the logger says so
    Null:   a row without the step of a tracker stands where the one before it does
    Errors: PTT403 if there are no steps, and no key is one that trainers log
    """
    found = list(rows)
    step_key = step_key_of(found)
    if step_key is None and found and not any(map(_is_logged, found)):
        raise no_steps(file)
    clock = next((key for key in _CLOCKS if any(key in row for row in found)), None)
    dropped = {*_CLOCKS, "_step", step_key}
    steps = _steps(found, step_key)
    times = [_seconds(row.get(clock)) if clock else None for row in found]
    began = _began(times)
    made = []
    for row, step, time in zip(found, steps, times, strict=True):
        place = {"step": step} if time is None else {"step": step, "time": time - began}
        made.append({**place, **{key: v for key, v in row.items() if key not in dropped}})
    return Placed(made, () if step_key else (COUNTED,))


def step_key_of(rows: Iterable[Mapping[str, Any]]) -> str | None:
    """The name of the step in some log dicts; None if they have none."""
    present = {key for row in rows for key in row if key in STEP_KEYS}
    return next((key for key in STEP_KEYS if key in present), None)


def step_of(value: Any) -> Any:
    """A step as logged, `45/50` too; what is none is left to who reads steps."""
    found = _OF_TOTAL.fullmatch(value) if isinstance(value, str) else None
    return int(found[1]) if found else value


def total_of(value: Any) -> int | None:
    """The last step of the run in `45/50`."""
    found = _OF_TOTAL.fullmatch(value) if isinstance(value, str) else None
    return int(value.rpartition("/")[2]) if found else None


def no_steps(file: str) -> PttError:
    """PTT403, for what has no steps and is not known to be a log."""
    return PttError.of(
        "PTT403",
        "this log has no steps and no key that a trainer is known to log",
        file=file,
        hint="give each row a `step`: the trainer's global step",
    )


def _is_logged(row: Mapping[str, Any]) -> bool:
    """Whether a row has a number by a key that trainers log."""
    return any(find(key) and number(value) is not None for key, value in row.items())


def _steps(rows: list[Mapping[str, Any]], key: str | None) -> list[Any]:
    if key is None:
        return [*range(1, len(rows) + 1)]
    steps: list[Any] = []
    for row in rows:
        before = steps[-1] if steps else 0
        value = row.get(key)
        is_missing = key != "step" and (value is None or value != value)
        steps.append(before if is_missing else step_of(value))
    return steps


def _seconds(value: Any) -> float | None:
    """Seconds of a number, of `1 day, 0:05:10` and of `1h 2m 3s`."""
    if isinstance(value, str):
        clock = _CLOCK.fullmatch(value.strip())
        if clock:
            days, hours, minutes, seconds = (int(part or 0) for part in clock.groups())
            return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
        spans = _SPANS.findall(value)
        if spans:
            return sum(float(count) * _UNITS[unit] for count, unit in spans)
    read = number(value)
    return read if read is not None and math.isfinite(read) else None


def _began(times: list[float | None]) -> float:
    """What the clock showed when the run began: 0 where it counts from there."""
    first = next((time for time in times if time is not None), 0.0)
    return first if first > _EPOCH_SECONDS else 0.0
