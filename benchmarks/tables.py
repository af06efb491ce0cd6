"""Tables of measurements: as Markdown for people, as JSON for the next measurement."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import polars as pl

from ptt_rules import __version__

Cell = str | int | float


@dataclass(frozen=True)
class Table:
    """What was measured: `note` says how, the first column names the case."""

    name: str
    note: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]] = field(default_factory=list)

    def markdown(self) -> str:
        lines = [self.columns, ("---",) * len(self.columns), *self.rows]
        return "\n".join(f"| {' | '.join(map(shown, line))} |" for line in lines)


def shown(cell: Cell) -> str:
    """A number with three digits that matter."""
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.3g}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def save(tables: Iterable[Table], path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    told = {
        "when": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "commit": commit(),
        "ptt": __version__,
        "python": platform.python_version(),
        "polars": pl.__version__,
        "cores": os.cpu_count(),
        "tables": {
            table.name: [dict(zip(table.columns, row, strict=True)) for row in table.rows]
            for table in tables
        },
    }
    path.write_text(json.dumps(told, indent=2) + "\n")


def commit() -> str:
    """The commit that is measured, with a `+` if files differ from it."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], capture_output=True, text=True).stdout.strip()

    return git("rev-parse", "--short", "HEAD") + ("+" if git("status", "--porcelain") else "")


# ---- comparing two results -----------------------------------------------------------------


def compared(one: dict[str, Any], other: dict[str, Any]) -> Iterable[Table]:
    """Tables of two results, with the ratio of each number of the second to that of the first."""
    for name, rows in one["tables"].items():
        by_case = {_case(row): row for row in other["tables"].get(name, [])}
        table = Table(name, "", ("case", "measure", one["commit"], other["commit"], "ratio"))
        for row in rows:
            for measure, before in list(row.items())[1:]:
                after = by_case.get(_case(row), {}).get(measure)
                if isinstance(before, (int, float)) and isinstance(after, (int, float)):
                    ratio = after / before if before else float("nan")
                    table.rows.append((_case(row), measure, before, after, ratio))
        yield table


def _case(row: dict[str, Any]) -> str:
    return str(next(iter(row.values())))


# ---- timing --------------------------------------------------------------------------------

# Time of the processor, of all threads together: a machine with other work to do distorts it
# less than time on the wall, and what waits for a turn is not counted as ours or the rival's.


Timed = tuple[Callable[[Any], Any], Sequence[Any]]
"""A call, and what it is called with."""
TURNS = 10


def in_turn(*calls: Timed) -> list[tuple[float, float]]:
    """Median and 99th percentile of each call in us; a tenth of each at a time.

    So that what the machine does meanwhile slows all of them.
    """
    times: list[list[float]] = [[] for _ in calls]
    for turn in range(TURNS):
        for (call, inputs), found in zip(calls, times, strict=True):
            size = len(inputs) // TURNS
            for one in inputs[turn * size : (turn + 1) * size]:
                began = time.process_time_ns()
                call(one)
                found.append((time.process_time_ns() - began) / 1000)
    return [(median(found), quantiles(found, n=100)[98]) for found in times]


def microseconds(call: Callable[[Any], Any], inputs: Sequence[Any]) -> tuple[float, float]:
    """Median and 99th percentile of a call."""
    (timing,) = in_turn((call, inputs))
    return timing


def seconds(call: Callable[[], Any]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began
