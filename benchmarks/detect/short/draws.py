"""Short logs: the same faults as in long ones, in so many rows, at each logging interval.

A drift reaches its size within a third of the log, and evaluations come eight times: a log of 20
rows is a whole run, not the start of one. Faults that are only seen beside what was before have no
onset at the first row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.detect.faults import FIRST_LOGS, Change, Recipe, recipes
from benchmarks.detect.healthy import MAKERS, Columns, Plan, draw_plan
from benchmarks.detect.runs import Run, Size
from benchmarks.detect.short.starts import roughened
from benchmarks.detect.synthetic import faulty_run, rows_of, seed_of

LENGTHS = (20, 50, 100, 300)
INTERVALS = (1, 5, 10)
START = "start"
ONSETS = {START: 0.0, "5%": 0.05, "25%": 0.25, "60%": 0.6}


@dataclass(frozen=True, slots=True)
class Draw:
    """Which run it is; of a healthy one, `fault` is "healthy" and `size` its number."""

    algorithm: str
    rows: int
    interval: int
    fault: str
    size: str
    onset: str = ""

    @property
    def name(self) -> str:
        parts = (self.algorithm, self.rows, self.interval, self.fault, self.size, self.onset)
        return ":".join(map(str, parts))

    @classmethod
    def named(cls, name: str) -> Draw:
        algorithm, rows, interval, *rest = name.split(":")
        return cls(algorithm, int(rows), int(interval), *rest)


def healthy_runs(algorithm: str, rows: int, count: int, *, seed: int) -> Iterator[Run]:
    """Healthy runs, the logging intervals in turn."""
    for number in range(count):
        interval = INTERVALS[number % len(INTERVALS)]
        draw = Draw(algorithm, rows, interval, "healthy", str(number))
        plan, columns = _drawn(draw, seed)
        yield Run(draw.name, algorithm, rows_of(plan, columns), config=plan.config)


def faulty_runs(algorithm: str, rows: int, *, seed: int, is_quick: bool = False) -> Iterator[Run]:
    """Each fault at each size, onset and logging interval; quickly, with one interval in turn."""
    cases = [
        (recipe, size, onset)
        for recipe in (*recipes(algorithm), *FIRST_LOGS)
        if algorithm in recipe.algorithms
        for size in Size
        for onset in _onsets(recipe)
    ]
    for number, (recipe, size, onset) in enumerate(cases):
        for place, interval in enumerate(INTERVALS):
            if not is_quick or place == number % len(INTERVALS):
                draw = Draw(algorithm, rows, interval, recipe.name, size.value, onset)
                yield _faulty(draw, recipe, size, seed)


def _onsets(recipe: Recipe) -> Iterator[str]:
    if not recipe.is_relative:
        yield START
    if not recipe.is_from_start:
        yield from (onset for onset in ONSETS if onset != START)


def _faulty(draw: Draw, recipe: Recipe, size: Size, seed: int) -> Run:
    plan, columns = _drawn(draw, seed)
    onset = 0 if draw.onset == START else max(2, int(ONSETS[draw.onset] * plan.rows))
    return faulty_run(draw.name, draw.algorithm, recipe, Change(onset, size, plan), columns)


def _drawn(draw: Draw, seed: int) -> tuple[Plan, Columns]:
    plan = _resized(draw_plan(seed_of(seed, draw.name)), draw.rows, draw.interval)
    return plan, roughened(MAKERS[draw.algorithm](plan), plan)


def _resized(plan: Plan, rows: int, interval: int) -> Plan:
    config: dict[str, Any] = {**plan.config, "max_steps": rows * interval}
    config["logging_steps"] = interval
    ramp, evaluates = min(60, 0.3 * rows), max(2, rows // 8)
    return Plan(rows, interval, plan.noise, plan.batch, config, ramp, evaluates)
