"""Starting: import, and from the text of a pack to its program."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.tables import Table, seconds
from benchmarks.workloads import pack_of, rules

COUNTS = (60, 1000)
TIMES = 5


def run() -> Table:
    table = Table(
        "load",
        "CPU seconds; `ptt check` and the import from a cold start, less that of Python itself for "
        "the import. MiB is the most that the process took.",
        ("case", "s", "MiB"),
    )
    empty = median(_process("pass")[0] for _ in range(TIMES))
    imported = median(_process("import ptt_rules")[0] for _ in range(TIMES))
    table.rows.append(("import ptt_rules", imported - empty, _process("import ptt_rules")[1]))
    for count in COUNTS:
        took = median(seconds(lambda n=count: pack_of(n).compiled) for _ in range(3))  # type: ignore[misc]
        table.rows.append((f"parse, check and compile {count:,} rules", took, ""))
    for case, path in (("the shipped packs", Path(__file__).parents[1] / "rulepacks"),):
        table.rows.append((f"ptt check, {case}", *_check(path)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "large.ptt")
        path.write_text(rules(COUNTS[-1]))
        table.rows.append((f"ptt check, {COUNTS[-1]:,} rules", *_check(path)))
    return table


_MEASURED = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); "
    "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
    "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)"
)


def _run(*command: str) -> tuple[float, float]:
    """Seconds and MiB of a command."""
    outer = [sys.executable, "-c", _MEASURED, *command]
    told = subprocess.run(outer, check=True, capture_output=True, text=True).stdout.split()
    return float(told[-2]), float(told[-1])


def _process(code: str) -> tuple[float, float]:
    return _run(sys.executable, "-c", code)


def _check(path: Path) -> tuple[float, float]:
    return _run(sys.executable, "-m", "ptt_rules.cli.main", "check", str(path))
