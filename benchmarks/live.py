"""What one judgement costs in a run, and whether it grows."""

from __future__ import annotations

import polars as pl

from benchmarks.pandas_rival import HISTORY_ROWS, PandasRival
from benchmarks.polars_rival import fused
from benchmarks.tables import Table, microseconds
from benchmarks.workloads import ALGORITHMS, keys_of, pack_of, rows
from ptt_rules import Engine, Pack, load

JUDGEMENTS = 1000
MARKS = (100, 10_000, 1_000_000)
LONG = ("grpo",)
"""Packs that are taken to the last mark; the others end at the one before."""
RULES = 35


def run() -> Table:
    table = Table(
        "live",
        "One judgement in us, median and 99th percentile, after so many rows. Rivals in the same "
        f"run: pandas with as many rules over the last {HISTORY_ROWS} rows, rebuilt and rerun for "
        "each row as tools of today do; and the least that Polars could take, one fused `select` "
        "of the same aggregates alone, over a frame that is ready.",
        (
            "rules", "number", f"row {MARKS[0]}", "p99", f"row {MARKS[1]:,}", "p99 then",
            f"row {MARKS[2]:,}", "pandas", "pandas / ptt", "select", "ptt / select",
        ),
    )  # fmt: skip
    cases = [(name, load(name)) for name in ALGORITHMS]
    for name, pack in [*cases, (f"{RULES} rules", pack_of(RULES))]:
        table.rows.append(_row(name, pack))
    return table


def _row(name: str, pack: Pack) -> tuple[str | int | float, ...]:
    keys, count = keys_of(pack), len(pack.detectors)
    first, second, *last = _judgements(pack.engine(), keys, MARKS if name in LONG else MARKS[:2])
    pandas, _ = _pandas(keys, count)
    select, _ = _select(pack, keys)
    return (
        name, count, first[0], first[1], second[0], second[1], last[0][0] if last else "",
        pandas, pandas / first[0], select, first[0] / select,
    )  # fmt: skip


def _judgements(
    engine: Engine, keys: list[str], marks: tuple[int, ...]
) -> list[tuple[float, float]]:
    """Median and 99th percentile of the judgements behind each mark."""
    found, done = [], 0
    for mark in marks:
        for row in rows(keys, done, mark - done):
            engine.observe(row)
        found.append(microseconds(engine.observe, list(rows(keys, mark, JUDGEMENTS))))
        done = mark + JUDGEMENTS
    return found


def _pandas(keys: list[str], count: int) -> tuple[float, float]:
    rival = PandasRival(keys, count)
    for row in rows(keys, 0, HISTORY_ROWS):
        rival.observe(row)
    return microseconds(rival.observe, list(rows(keys, HISTORY_ROWS, JUDGEMENTS // 20)))


def _select(pack: Pack, keys: list[str]) -> tuple[float, float]:
    expressions, left_out = fused(pack.compiled.program, keys)
    if left_out:
        print(f"({left_out} aggregates are left out of the select: Polars has no such function)")
    frame = pl.DataFrame(list(rows(keys, 0, HISTORY_ROWS)))
    return microseconds(lambda _: frame.select(expressions), range(JUDGEMENTS // 5))
