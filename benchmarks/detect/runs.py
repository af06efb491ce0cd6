"""A run as the benchmark sees it: rows as they were logged, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Row = dict[str, Any]


class Kind(Enum):
    """What a fault looks like in the log, which decides how soon it must be found."""

    STATE_LOSS = "state_loss"
    """Numbers are lost: NaN and its kin. Within 1 log event."""
    LEVEL_SHIFT = "level_shift"
    """A metric is on another level from one log to the next. Within 10 at the median."""
    DRIFT = "drift"
    """A metric moves away slowly. Within 50."""


class Size(Enum):
    """How far a fault moves what it moves; what is lost altogether has no size of its own."""

    SUBTLE = "subtle"
    CLEAR = "clear"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Fault:
    """What was done to a run. `onset` is the first row (from 0) in which it shows."""

    name: str
    kind: Kind
    size: Size
    onset: int
    level: str = "medium"
    """The least level that counts as having found it."""


@dataclass(frozen=True, slots=True)
class Run:
    """A log with its truth; `fault` is None for a healthy run."""

    name: str
    algorithm: str
    rows: Sequence[Row]
    fault: Fault | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    """Levels whose findings are true of the run though it is healthy, as its label says."""
