"""Event-based scoring: the first true alarm counts, and every false one.

A finding is a `fired` or `escalated` event that is told or suppressed by one that is (a suppressed
finding belongs to the incident of another), and not in shadow. On a faulty run the first finding
of the fault's level or worse at its onset or later detects it; delays count rows of the log from
the onset. There is no point adjustment, which makes even random scores look good.

Source: Kim et al., arXiv:2109.05257; Wilson 1927, Clopper and Pearson 1934 for the intervals
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from statistics import median

import numpy as np

from benchmarks.detect.noise import Series
from benchmarks.detect.runs import Fault, Kind, Run, Size

LEVELS = ("low", "medium", "high", "critical")
BUDGET_ROWS = {Kind.STATE_LOSS: 1, Kind.LEVEL_SHIFT: 10, Kind.DRIFT: 50}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a judge said: at which row, which rule, how bad."""

    row: int
    rule: str
    level: str


Judge = Callable[[Run], Sequence[Finding]]


def worse_or_equal(level: str, than: str) -> bool:
    return LEVELS.index(level) >= LEVELS.index(than)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One run, judged. `fault` is None for a healthy one."""

    name: str
    algorithm: str
    rows: int
    fault: Fault | None
    known: frozenset[str]
    """Levels whose findings are true of a healthy run, as its label says."""
    findings: Sequence[Finding]

    @property
    def delay(self) -> int | None:
        """Log events from the onset to the first finding that is bad enough; None: missed."""
        if self.fault is None:
            return None
        onset, level = self.fault.onset, self.fault.level
        found = [
            one.row
            for one in self.findings
            if one.row >= onset and worse_or_equal(one.level, level)
        ]
        return min(found) - onset if found else None

    @property
    def found_by(self) -> tuple[str, ...]:
        """The rules of the findings that end the delay; empty: missed, or healthy."""
        delay, fault = self.delay, self.fault
        if delay is None or fault is None:
            return ()
        first = (one for one in self.findings if one.row == fault.onset + delay)
        return tuple({one.rule: None for one in first if worse_or_equal(one.level, fault.level)})

    @property
    def stopped(self) -> int | None:
        """The row at which a policy that stops on critical findings would have stopped."""
        return next((one.row for one in self.findings if one.level == "critical"), None)

    @property
    def saved(self) -> int:
        """Rows that come after a stop for the fault; a stop before it saves nothing."""
        stopped = self.stopped
        if self.fault is None or stopped is None or stopped < self.fault.onset:
            return 0
        return self.rows - 1 - stopped

    @property
    def false(self) -> list[Finding]:
        """Findings on a healthy run that its label does not grant, or before the onset."""
        if self.fault is None:
            return [one for one in self.findings if one.level not in self.known]
        return [one for one in self.findings if one.row < self.fault.onset]


def judged(run: Run, judge: Judge) -> Verdict:
    return Verdict(run.name, run.algorithm, len(run.rows), run.fault, run.known, judge(run))


def exact(hits: int, of: int) -> tuple[float, float]:
    """The 95% interval of a share that no true share breaks more often than in 5 of 100 draws.

    Source: Clopper and Pearson 1934
    """
    low = _share_at(hits - 1, of, 0.975) if hits else 0.0
    high = _share_at(hits, of, 0.025) if hits < of else 1.0
    return low, high


def _share_at(hits: int, of: int, chance: float) -> float:
    """The share of which so many hits at the most have this chance, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if _chance_of_at_most(hits, of, middle) > chance:
            low = middle
        else:
            high = middle
    return low


def _chance_of_at_most(hits: int, of: int, share: float) -> float:
    """The binomial distribution, summed in logarithms: thousands of draws underflow otherwise."""
    few = np.arange(hits + 1)
    many = of - few
    factorials = _log_factorials(of)
    ways = factorials[of] - factorials[few] - factorials[many]
    return float(np.exp(ways + few * math.log(share) + many * math.log1p(-share)).sum())


@cache
def _log_factorials(most: int) -> Series:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, most + 1)))])


@dataclass
class Tally:
    """The verdicts on a set of runs, and what is counted of them."""

    verdicts: list[Verdict] = field(default_factory=list)

    def add(self, verdicts: Iterable[Verdict]) -> Tally:
        self.verdicts.extend(verdicts)
        return self

    @property
    def faulty(self) -> list[Verdict]:
        return [one for one in self.verdicts if one.fault is not None]

    @property
    def healthy(self) -> list[Verdict]:
        return [one for one in self.verdicts if one.fault is None]

    def of_kind(self, kind: Kind) -> Tally:
        return Tally([one for one in self.faulty if one.fault and one.fault.kind is kind])

    def of_size(self, size: Size) -> Tally:
        return Tally([one for one in self.faulty if one.fault and one.fault.size is size])

    @property
    def found(self) -> int:
        return sum(one.delay is not None for one in self.faulty)

    @property
    def recall(self) -> float:
        return self.found / len(self.faulty) if self.faulty else math.nan

    @property
    def delays(self) -> list[int]:
        return sorted(one.delay for one in self.faulty if one.delay is not None)

    @property
    def median_delay(self) -> float:
        """Rows, over the faults that were found."""
        return median(self.delays) if self.delays else math.nan

    def quantile_delay(self, share: float) -> float:
        delays = self.delays
        return delays[min(len(delays) - 1, int(share * len(delays)))] if delays else math.nan

    def false_runs(self, level: str) -> int:
        """Healthy runs with a false finding of this level or worse."""
        return sum(
            any(worse_or_equal(one.level, level) for one in verdict.false)
            for verdict in self.healthy
        )

    @property
    def saved(self) -> float:
        """The part of the rows of faulty runs that stopping on critical findings saves."""
        rows = sum(one.rows for one in self.faulty)
        return sum(one.saved for one in self.faulty) / rows if rows else math.nan
