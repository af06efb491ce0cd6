"""How the cost of a judgement grows with the number of rules."""

from __future__ import annotations

from benchmarks.tables import Table, microseconds
from benchmarks.workloads import COLUMNS, pack_of, rows

COUNTS = (1, 10, 100, 1000)
EARLY, JUDGEMENTS = 200, 300


def run() -> Table:
    table = Table(
        "many rules",
        f"One judgement of so many rules over {len(COLUMNS)} metrics, all logged in each row.",
        ("rules", "us", "us for a rule", "operations", "operations for a rule"),
    )
    for count in COUNTS:
        pack = pack_of(count)
        engine = pack.engine()
        for row in rows(COLUMNS, 0, EARLY):
            engine.observe(row)
        found, _ = microseconds(engine.observe, list(rows(COLUMNS, EARLY, JUDGEMENTS)))
        operations = len(pack.compiled.program.operations)
        table.rows.append((str(count), found, found / count, operations, operations / count))
    return table
