"""What an engine keeps, and that it does not grow; `make soak-rows` goes to 10,000,000 rows."""

from __future__ import annotations

import json
import tracemalloc

from benchmarks import soak
from benchmarks.tables import Table
from ptt_rules import loads

MARKS = (1_000, 10_000, 100_000)


def run() -> Table:
    table = Table(
        "memory",
        f"What an engine of {soak.RULES + 1} rules over windows of all kinds keeps of rows with "
        f"{soak.METRICS} metrics, and the size of its saved state.",
        ("rows", "KiB kept", "KiB of state"),
    )
    pack, log, done = loads(soak.text(MARKS[-1])), soak.cycle(), 0
    tracemalloc.start()
    engine = pack.engine()
    for mark in MARKS:
        for step in range(done, mark):
            engine.observe({"step": step, **log[step % soak.CYCLE]})
        done = mark
        kept = tracemalloc.get_traced_memory()[0] / 1024
        table.rows.append((f"{mark:,}", kept, len(json.dumps(engine.state())) / 1024))
    tracemalloc.stop()
    return table
