"""Replaying whole logs."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl

from benchmarks.pandas_rival import HISTORY_ROWS, PandasRival
from benchmarks.polars_rival import rolling
from benchmarks.tables import Table, microseconds, seconds
from benchmarks.workloads import COLUMNS, pack_of, rows
from ptt_rules import replay

ROWS, RULES, TIMES = 1_000_000, 60, 3


def run() -> Table:
    table = Table(
        "offline",
        f"Replaying {ROWS:,} rows of {len(COLUMNS)} metrics with {RULES} rules. By hand: the same "
        "conditions as rolling Polars expressions, without the lives of detectors, NaN and absent "
        "metrics.",
        ("case", "s", "rows / s", "to by hand"),
    )
    frame, pack = _frame(), pack_of(RULES)
    by_hand = median(seconds(lambda: frame.select(rolling(RULES))) for _ in range(TIMES))
    ours = median(seconds(lambda: replay(pack, frame)) for _ in range(TIMES))
    pandas = _pandas() * ROWS / 1e6
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "log.parquet")
        frame.write_parquet(path)
        size = path.stat().st_size / 2**20
        streamed = seconds(lambda: replay(pack, path))
        peak = _peak(str(path)) - _peak("")
    for case, took in (("by hand", by_hand), ("ptt", ours), ("ptt, from Parquet", streamed)):
        table.rows.append((case, took, ROWS / took, took / by_hand))
    table.rows.append(("pandas, as today", pandas, ROWS / pandas, pandas / by_hand))
    print(f"(Parquet file {size:.0f} MiB, frame {frame.estimated_size('mb'):.0f} MiB; ", end="")
    print(f"replaying the file took {peak:.0f} MiB at most)")
    return table


def _frame() -> pl.DataFrame:
    source = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "step": np.arange(1, ROWS + 1),
            "time": np.arange(ROWS) * 0.1,
            **{column: source.uniform(0.4, 0.6, ROWS) for column in COLUMNS},
        }
    )


def _pandas() -> float:
    rival = PandasRival(list(COLUMNS), RULES)
    for row in rows(COLUMNS, 0, HISTORY_ROWS):
        rival.observe(row)
    return microseconds(rival.observe, list(rows(COLUMNS, HISTORY_ROWS, 30)))[0]


_PEAK = """
import sys
from pathlib import Path
from benchmarks.workloads import pack_of
from ptt_rules import replay
replay(pack_of(int(sys.argv[1])), sys.argv[2] or [{"step": 1}])
status = Path("/proc/self/status").read_text()
print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
"""


def _peak(path: str) -> float:
    """MiB that a process took at most, as Linux tells it."""
    command = [sys.executable, "-c", _PEAK, str(RULES), path]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
