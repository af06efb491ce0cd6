"""`make bench`: measures, prints tables, and keeps them for the next time.

python -m benchmarks [TABLE...]          all of them, or those that are named
python -m benchmarks compare A.json B.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks import live, load, many_rules, memory, offline, reading, training
from benchmarks.tables import compared, save

TABLES = {
    "live": live.run,
    "memory": memory.run,
    "offline": offline.run,
    "many_rules": many_rules.run,
    "training": training.run,
    "load": load.run,
    "reading": reading.run,
}
LATEST = Path(__file__).parent / "results" / "latest.json"


def main(words: list[str]) -> int:
    if words[:1] == ["compare"] and len(words) == 3:
        return _compare(*map(Path, words[1:]))
    unknown = [word for word in words if word not in TABLES]
    if unknown:
        print(f"no table {unknown[0]}; there are {', '.join(TABLES)}", file=sys.stderr)
        return 2
    tables = []
    for name in words or TABLES:
        table = TABLES[name]()
        tables.append(table)
        print(f"\n## {table.name}\n\n{table.note}\n\n{table.markdown()}", flush=True)
    if not words:
        save(tables, LATEST)
        print(f"\nkept in {LATEST.relative_to(Path.cwd())}")
    return 0


def _compare(before: Path, after: Path) -> int:
    for table in compared(json.loads(before.read_text()), json.loads(after.read_text())):
        print(f"\n## {table.name}\n\n{table.markdown()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
