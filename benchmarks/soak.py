"""`make soak-rows`: ten million rows of 40 metrics through one engine.

Time for a row and memory have to stay what they were, and what is carried through the whole
run, means and deviations of everything, has to be right to the last digits.
"""

from __future__ import annotations

import json
import math
import random
import resource
import sys
import time
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from ptt_rules import loads

METRICS = 40
RULES = 10
CYCLE = 4096
"""Rows after which values come again, so that exact sums are at hand."""
WINDOWS = ("[20]", "[first 100]", "[all]", "[30 steps]", "[decay 100]")
STATISTICS = ("mean", "std", "max", "sum")
LAST = 10_000_000


def text(last: int) -> str:
    """Rules over windows of all kinds, and one that tells at last what was carried all along."""
    found = ""
    for number in range(RULES):
        window = WINDOWS[number % len(WINDOWS)]
        word = "mean" if window == "[decay 100]" else STATISTICS[number % len(STATISTICS)]
        found += f'metric m{number}: none = "m{number}"\n'
        found += f"detector d{number} {{ let v = {word}(m{number}{window}) high when v > 1e9 }}\n"
    return found + (
        "detector carried { let mean = mean(m2[all]) let std = std(m2[all]) "
        f"high when mean > 0 and step >= {last - 1} }}\n"
    )


def cycle() -> list[dict[str, float]]:
    """Values near 1000, whose sums lose digits if they are added one by one."""
    source = random.Random(1)
    return [
        {f"m{number}": 1000 + source.gauss(0, 0.1) for number in range(METRICS)}
        for _ in range(CYCLE)
    ]


def exact(values: list[float], count: int) -> tuple[float, float]:
    """Mean and standard deviation of so many values of the cycle, by exact arithmetic."""
    times = [count // CYCLE + (place < count % CYCLE) for place in range(CYCLE)]
    exactly = list(map(Fraction, values))
    mean = sum(value * n for value, n in zip(exactly, times, strict=True)) / count
    squares = sum((value - mean) ** 2 * n for value, n in zip(exactly, times, strict=True))
    return float(mean), math.sqrt(squares / (count - 1))


def marks(last: int) -> Iterator[int]:
    mark = 10_000
    while mark < last:
        yield mark
        mark *= 10
    yield last


def main() -> int:
    last = int(sys.argv[1]) if len(sys.argv) > 1 else LAST
    log, done, results = cycle(), 0, []
    engine, told = loads(text(last)).engine(), []
    print(f"{RULES + 1} rules, rows of {METRICS} metrics\n")
    print("| rows | CPU us for a row, since the line above | MiB of the process | KiB of state |")
    print("|---|---|---|---|")
    for mark in marks(last):
        began = time.process_time()
        for step in range(done, mark):
            told = engine.observe({"step": step, **log[step % CYCLE]})
        microseconds = (time.process_time() - began) / (mark - done) * 1e6
        done = mark
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        state = len(json.dumps(engine.state())) / 1024
        results.append({"rows": mark, "us": microseconds, "mib": memory, "state_kib": state})
        print(f"| {mark:,} | {microseconds:.0f} | {memory:.1f} | {state:.0f} |", flush=True)
    errors = drift(told[-1].values, [row["m2"] for row in log], last)
    print(
        f"\nof all {last:,} values near 1000: mean off by {errors[0]:.1e}, std by {errors[1]:.1e}"
    )
    print("(relative to exact arithmetic)")
    out = Path(__file__).parent / "results"
    out.mkdir(exist_ok=True)
    found = {"rows": results, "mean_error": errors[0], "std_error": errors[1]}
    (out / "soak.json").write_text(json.dumps(found, indent=2) + "\n")
    return 0


def drift(found: Mapping[str, Any], values: list[float], count: int) -> tuple[float, float]:
    """How far mean and deviation of everything are from the exact ones, relative to these."""
    mean, deviation = exact(values, count)
    return abs(found["mean"] / mean - 1), abs(found["std"] / deviation - 1)


if __name__ == "__main__":
    sys.exit(main())
