"""Synthetic logs: healthy runs, and each fault at three sizes and three onsets.

Seeds of tuning and of the table differ, so that no rule is judged on what it was made on.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.detect.faults import Change, Recipe, recipes
from benchmarks.detect.healthy import MAKERS, Columns, Plan, draw_plan
from benchmarks.detect.runs import Fault, Row, Run, Size

ONSETS = (0.05, 0.25, 0.6)
ALGORITHMS = tuple(MAKERS)


def healthy_runs(algorithm: str, count: int, *, seed: int) -> Iterator[Run]:
    for number in range(count):
        plan = draw_plan(seed_of(seed, algorithm, "healthy", number))
        columns = MAKERS[algorithm](plan)
        yield Run(
            f"{algorithm}-healthy-{number}", algorithm, rows_of(plan, columns), config=plan.config
        )


def faulty_runs(algorithm: str, *, seed: int) -> Iterator[Run]:
    for recipe in recipes(algorithm):
        for size in Size:
            for number, share in enumerate(ONSETS):
                yield _faulty(
                    algorithm, recipe, size, share, seed_of(seed, algorithm, recipe.name, number)
                )


def _faulty(algorithm: str, recipe: Recipe, size: Size, share: float, seed: int) -> Run:
    plan = _long_enough(seed, algorithm, share)
    columns = MAKERS[algorithm](plan)
    columns = {key: column.astype(float) for key, column in columns.items()}
    onset = 0 if recipe.is_from_start else max(2, int(share * plan.rows))
    name = f"{algorithm}-{recipe.name}-{size.value}-{share:.0%}"
    return faulty_run(name, algorithm, recipe, Change(onset, size, plan), columns)


def faulty_run(name: str, algorithm: str, recipe: Recipe, change: Change, columns: Columns) -> Run:
    """The log of columns that a recipe changes, with its truth."""
    plan = change.plan
    recipe.edit(columns, change)
    rows = rows_of(plan, columns)
    # evaluations are rows of their own, which move the row of the onset
    before = change.onset * plan.logging_steps
    at = next(number for number, row in enumerate(rows) if row["step"] > before)
    fault = Fault(recipe.name, recipe.kind, change.size, at, recipe.level)
    return Run(name, algorithm, rows, fault, plan.config)


def _long_enough(seed: int, algorithm: str, share: float) -> Plan:
    """A run with at least 60 rows after the onset, which a drift needs to be one."""
    for again in range(1000):
        plan = draw_plan(seed + again)
        if plan.rows * (1 - share) >= 60:
            return plan
    raise AssertionError(algorithm)


def seed_of(seed: int, *parts: Any) -> int:
    return zlib.crc32(repr((seed, *parts)).encode())


def rows_of(plan: Plan, columns: Columns) -> list[Row]:
    """Rows as they are logged: training and evaluation apart, `-inf` is a key that is absent."""
    seconds = np.cumsum(
        plan.noise.around(plan.noise.log_uniform(0.3, 8) * plan.logging_steps, 0.05, plan.rows)
    )
    train = [key for key in columns if not key.startswith("eval_")]
    evaluated = [key for key in columns if key.startswith("eval_")]
    rows: list[Row] = []
    for row in range(plan.rows):
        place = {"step": (row + 1) * plan.logging_steps, "time": float(seconds[row])}
        values = {key: float(columns[key][row]) for key in train}
        rows.append(place | {key: value for key, value in values.items() if value != -np.inf})
        if evaluated and row % plan.evaluates_every == plan.evaluates_every - 1:
            rows.append(place | {key: float(columns[key][row]) for key in evaluated})
    return rows
