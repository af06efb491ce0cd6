"""The older tool's executor, by its documented meaning: written anew, for comparison.

It counts all rows of a run, whether they have the metric or not. A mean is that of the numbers in
the last rows, so that an infinity makes it infinite. What docs/converting.md lists as different in
ptt is a set of switches here, so that each row that differs has its reasons.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from itertools import combinations
from typing import Any

Series = Sequence[float | None]
"""The metric in each row; None where the row does not have it."""


class Reason(Enum):
    """Why a row differs, as docs/converting.md calls it."""

    ROWS = "a row without the metric does not count"
    NAN = "a NaN is left out of windows"
    INFINITY = "an infinity is left out of means"
    SPIKE = "a spike waits for its windows"
    ROUNDING = "a mean lies on the bound, and rounding decides"


_SWITCHES = (Reason.ROWS, Reason.NAN, Reason.INFINITY, Reason.SPIKE)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<=": lambda mean, number: mean <= number,
    ">=": lambda mean, number: mean >= number,
    "==": lambda mean, number: abs(mean - number) < 0.02,
    "<": lambda mean, number: mean < number,
    ">": lambda mean, number: mean > number,
}
_ON_THE_BOUND = 1e-9


def fires(rule: Mapping[str, Any], series: Series, changed: frozenset[Reason]) -> bool:
    """Whether a rule fires after the last of these rows; `changed` is what is as in ptt."""
    rows = _rows(series, changed)
    window, least = rule["window"], rule["min_steps"]
    if len(rows) < least:
        return False
    condition = rule["condition"].strip()
    numbers = [float(number) for number in _NUMBER.findall(condition)]
    if condition.startswith("drop"):
        return len(rows) >= 2 * window and _drops(rows, window, numbers[0] / 100, changed)
    if condition.startswith("spike"):
        return _spikes(rows, window, numbers[0], changed)
    held = _last(rows, window, changed)
    if Reason.NAN in changed and len(held) < max(1, min(window, least)):
        return _is_infinite(rows, window, condition, changed)
    mean = _mean(held)
    if condition.startswith("range"):
        return numbers[0] <= mean <= numbers[1]
    sign = next(one for one in _COMPARE if condition.startswith(one))
    return _COMPARE[sign](mean, numbers[0]) or _is_infinite(rows, window, condition, changed)


def reasons(rule: Mapping[str, Any], series: Series, verdict: bool) -> tuple[Reason, ...] | None:
    """The fewest differences with which the older tool says `verdict` too; None if none do."""
    for number in range(len(_SWITCHES) + 1):
        for some in combinations(_SWITCHES, number):
            if fires(rule, series, frozenset(some)) == verdict:
                return some
    return (Reason.ROUNDING,) if _is_on_the_bound(rule, series) else None


def _rows(series: Series, changed: frozenset[Reason]) -> list[float]:
    if Reason.ROWS in changed:
        return [value for value in series if value is not None]
    return [math.nan if value is None else value for value in series]


def _last(rows: Sequence[float], number: int, changed: frozenset[Reason]) -> list[float]:
    """The numbers in the last rows; with NaN left out, that many numbers."""
    if Reason.NAN in changed:
        is_held = math.isfinite if Reason.INFINITY in changed else lambda value: value == value
        return [value for value in rows if is_held(value)][-number:]
    return _numbers(rows[-number:], changed)


def _first(rows: Sequence[float], number: int, changed: frozenset[Reason]) -> list[float]:
    if Reason.NAN in changed:
        return _numbers(rows, changed)[:number]
    return _numbers(rows[:number], changed)


def _numbers(rows: Sequence[float], changed: frozenset[Reason]) -> list[float]:
    is_left_out = Reason.INFINITY in changed
    return [v for v in rows if not math.isnan(v) and not (is_left_out and math.isinf(v))]


def _is_infinite(
    rows: Sequence[float], window: int, condition: str, changed: frozenset[Reason]
) -> bool:
    """In ptt an infinity on the side that a bound asks about fires by itself."""
    if Reason.INFINITY not in changed or condition[0] not in "<>":
        return False
    return math.inf * (1 if condition[0] == ">" else -1) in rows[-window:]


def _drops(rows: Sequence[float], window: int, share: float, changed: frozenset[Reason]) -> bool:
    before, now = _first(rows, window, changed), _last(rows, window, changed)
    if Reason.NAN in changed and len(before) < window:
        return False
    base = _mean(before)
    return base != 0 and (base - _mean(now)) / abs(base) >= share


def _spikes(rows: Sequence[float], window: int, times: float, changed: frozenset[Reason]) -> bool:
    waits = Reason.SPIKE in changed
    if len(rows) < window + (5 if waits else 0):
        return False
    # pandas leaves infinities out of a rolling mean, so the base has none in either tool
    before = _last(rows[:-5], window, changed | {Reason.INFINITY})
    recent = _numbers(rows[-5:], frozenset())
    if Reason.NAN in changed:
        finite = _numbers(rows, frozenset({Reason.INFINITY}))
        before, recent = (
            finite[-window - 5 : -5],
            finite[-5:] + [v for v in recent if v == math.inf],
        )
    enough = window if waits else window // 2
    base = _mean(before) if len(before) >= max(1, enough) else math.nan
    return bool(recent) and base != 0 and max(recent) >= times * base


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan


def _is_on_the_bound(rule: Mapping[str, Any], series: Series) -> bool:
    mean = _mean(_last(_rows(series, frozenset(_SWITCHES)), rule["window"], frozenset(_SWITCHES)))
    bounds = (float(number) for number in _NUMBER.findall(rule["condition"]))
    return any(abs(mean - bound) < _ON_THE_BOUND for bound in bounds)
