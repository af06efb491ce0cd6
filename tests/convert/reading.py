"""What the older tool's heuristics mean, in plain Python: the measure for what is converted.

Only rows that have the metric count. A NaN is such a row, and no number. An infinity is left out of
means, and fires a bound that it is beyond.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

Series = Sequence[float | None]
"""The metric in each row; None where the row does not have it."""

NEVER_NEGATIVE = frozenset({"group_reward_std", "learning_rate"})
"""Metrics of the samples that have no infinity below, by their definition."""

_COMPARISONS = {
    "<": lambda mean, number: mean < number,
    ">": lambda mean, number: mean > number,
    "<=": lambda mean, number: mean <= number,
    ">=": lambda mean, number: mean >= number,
    "==": lambda mean, number: abs(mean - number) < 0.02,
}


def verdicts(heuristic: Mapping[str, Any], series: Series) -> list[bool | None]:
    """Whether it fires at each row; None at rows that do not have the metric."""
    rows: list[float] = []
    said: list[bool | None] = []
    for value in series:
        if value is None:
            said.append(None)
            continue
        rows.append(value)
        said.append(_fires(heuristic, rows))
    return said


def _fires(heuristic: Mapping[str, Any], rows: Sequence[float]) -> bool:
    window, least = heuristic.get("window", 20), heuristic.get("min_steps", 30)
    finite = [value for value in rows if math.isfinite(value)]
    sign, numbers = _condition(heuristic["condition"])
    if len(rows) < least:
        return False
    if sign == "drop":
        return len(rows) >= 2 * window and _drops(finite, window, numbers[0] / 100)
    if sign == "spike":
        return _spikes(rows, finite, window, numbers[0])
    below = math.nan if heuristic["metric"] in NEVER_NEGATIVE else -math.inf
    beyond = {"<": below, ">": math.inf}.get(sign[0])
    if beyond in rows[-window:] and len(rows) >= max(1, min(window, least)):
        return True
    if len(finite) < max(1, min(window, least)):
        return False
    mean = _mean(finite[-window:])
    if sign == "range":
        return numbers[0] <= mean <= numbers[1]
    return bool(_COMPARISONS[sign](mean, numbers[0]))


def _drops(finite: Sequence[float], window: int, share: float) -> bool:
    if len(finite) < window:
        return False
    before, now = _mean(finite[:window]), _mean(finite[-window:])
    return before != 0 and (before - now) / abs(before) >= share


def _spikes(rows: Sequence[float], finite: Sequence[float], window: int, times: float) -> bool:
    if len(finite) < window + 5:
        return False
    before = _mean(finite[-window - 5 : -5])
    highest = max(
        *rows[-5:], *finite[-5:], key=lambda value: -math.inf if value != value else value
    )
    return before != 0 and (highest == math.inf or max(finite[-5:]) >= times * before)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _condition(text: str) -> tuple[str, list[float]]:
    """The sign or word of a condition, and its numbers."""
    found = re.match(r"\s*(<=|>=|==|<|>|range|drop|spike)", text)
    assert found is not None
    return found[1], [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]
