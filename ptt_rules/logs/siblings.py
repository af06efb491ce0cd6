"""Sibling runs: those that a run is compared with, step by step."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ptt_rules._later import later

if TYPE_CHECKING:
    import polars as pl

_load = later(__name__, {"ptt_rules.logs.named_siblings": "recorded_siblings sibling_runs"})


@dataclass(frozen=True, slots=True)
class SiblingMetric:
    """What one sibling run logged of a metric.

    Shape: (observations,) for steps, which do not fall, and for values
    """

    steps: Sequence[int]
    values: Sequence[float]
    end: int
    """The last step of the run."""

    def at(self, step: int) -> float | None:
        """Its newest value at or before a step.

        Null: before its first, after the end of the run, and where it is NaN
        """
        place = bisect_right(self.steps, step)
        if not place or step > self.end:
            return None
        value = self.values[place - 1]
        return None if value != value else value


class Sibling(Protocol):
    """A sibling run as it was when it was named."""

    @property
    def frame(self) -> pl.DataFrame: ...

    @property
    def path(self) -> str | None: ...

    @property
    def digest(self) -> str: ...

    def metric(self, keys: Sequence[str]) -> SiblingMetric | None: ...

    def to_json(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Siblings:
    """The sibling runs of a run, read when they are named.

    `lost` says why there are none where a run directory names some: they are gone, or not as they
    were when the run was compared with them.
    """

    runs: tuple[Sibling, ...] = ()
    lost: str = ""
    _metrics: dict[tuple[str, ...], tuple[SiblingMetric, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def __bool__(self) -> bool:
        return bool(self.runs)

    @classmethod
    def of(cls, given: Any, own: str | os.PathLike[str] | None = None) -> Siblings:
        """From what a caller passes: one run, or several, each as `replay` takes it, or a pattern.

        `own` is the folder of the run itself, which a pattern may match.

        Errors: PTT401 to PTT404 and PTT501 for what is not a log
        """
        if given is None or isinstance(given, cls):
            return given or NO_SIBLINGS
        return cls(_load("sibling_runs")(given, own))

    @classmethod
    def recorded(cls, pinned: Any, folder: Path) -> Siblings:
        """Those that a run directory names, if all of them are still what they were.

        `pinned` is what `to_json` made of them. A log is looked for at its path, from here, and
        then under its name beside the folder.
        """
        return _load("recorded_siblings")(pinned, folder) if pinned else NO_SIBLINGS

    def of_metric(self, keys: tuple[str, ...]) -> tuple[SiblingMetric, ...]:
        """What those have that logged a metric."""
        if keys not in self._metrics:
            found = (run.metric(keys) for run in self.runs)
            self._metrics[keys] = tuple(one for one in found if one is not None)
        return self._metrics[keys]

    def to_json(self) -> list[dict[str, Any]]:
        return [run.to_json() for run in self.runs]


NO_SIBLINGS = Siblings()
