"""What is measured on each rank, and how the measurements of all ranks become one row.

The keys of one rank are `ranks/<quantity>/<rank>`, those over all ranks
`across_ranks/<quantity>/<statistic>`; their meanings are in the vocabulary,
`ptt_rules.language.metrics`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from statistics import median_low

MOST_NAMED = 64
"""Of how many ranks each quantity is in the frame; a row must not grow with the machine."""


class Quantity(Enum):
    """Measurements, in the order in which a report has them."""

    STEP_TIME = "step_time"
    DATA_TIME = "data_time"
    FORWARD_TIME = "forward_time"
    BACKWARD_TIME = "backward_time"
    COMPUTE_TIME = "compute_time"
    WAIT_TIME = "wait_time"
    OTHER_TIME = "other_time"
    TOKENS_PER_SECOND = "tokens_per_second"
    MEMORY = "memory"
    MEMORY_RESERVED = "memory_reserved"
    MEMORY_PEAK = "memory_peak"
    MEMORY_FREE = "memory_free"
    LOSS = "loss"
    GRAD_NORM = "grad_norm"

    @property
    def worst_is_least(self) -> bool:
        return self in (Quantity.TOKENS_PER_SECOND, Quantity.MEMORY_FREE)


Report = Mapping[Quantity, float]
"""What one rank measured; what it could not is not in it."""

_ORDER = tuple(Quantity)
LENGTH = len(_ORDER) + 1


def numbers_of(report: Report) -> list[float]:
    """A report as a vector: which quantities are there, as bits, and each of them.

    Shape: (1 + quantities,)
    """
    there = sum(1 << place for place, quantity in enumerate(_ORDER) if quantity in report)
    return [float(there), *(float(report.get(quantity, 0.0)) for quantity in _ORDER)]


def report_of(numbers: Sequence[float]) -> Report:
    there = int(numbers[0])
    return {
        quantity: value
        for place, (quantity, value) in enumerate(zip(_ORDER, numbers[1:], strict=True))
        if there >> place & 1
    }


class Rows:
    """Rows of the frame from reports; a rank that once was named is named in every later row."""

    def __init__(self, *, most_named: int = MOST_NAMED) -> None:
        self._most = most_named
        self._named: set[int] = set()

    def row(self, reports: Sequence[Report]) -> dict[str, float]:
        """One row of all ranks, in their order."""
        found: dict[str, float] = {"across_ranks/reporting": sum(map(bool, reports))}
        worst: list[int] = []
        columns: list[tuple[Quantity, dict[int, float]]] = []
        for quantity in _ORDER:
            values = {rank: one[quantity] for rank, one in enumerate(reports) if quantity in one}
            if values:
                columns.append((quantity, values))
                summary = _across(quantity, values)
                worst += _odd(values) or [int(summary.get("worst_rank", 0))]
                for name, value in summary.items():
                    found[f"across_ranks/{quantity.value}/{name}"] = value
        self._name(range(len(reports)) if len(reports) <= self._most else worst)
        for quantity, values in columns:
            for rank in sorted(self._named & values.keys()):
                found[f"ranks/{quantity.value}/{rank}"] = values[rank]
        return found

    def _name(self, ranks: Iterable[int]) -> None:
        for rank in ranks:
            if len(self._named) < self._most:
                self._named.add(rank)


def _across(quantity: Quantity, values: Mapping[int, float]) -> dict[str, float]:
    """Statistics over the ranks whose value is finite; the lower median, so that of two the better.

    Null: nothing where no value is finite
    """
    finite = {rank: value for rank, value in values.items() if math.isfinite(value)}
    if not finite:
        return {}
    worst = min if quantity.worst_is_least else max
    low, high = min(finite.values()), max(finite.values())
    return {
        "max": high,
        "median": median_low(finite.values()),
        "spread": high - low,
        "worst_rank": worst(finite, key=lambda rank: finite[rank]),
    }


def _odd(values: Mapping[int, float]) -> list[int]:
    """Ranks whose value is NaN or infinite."""
    return [rank for rank, value in values.items() if not math.isfinite(value)]
