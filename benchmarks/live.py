"""What one judgement costs in a run, and whether it grows."""

from __future__ import annotations

import polars as pl

from benchmarks.pandas_rival import HISTORY_ROWS, PandasRival
from benchmarks.polars_rival import fused
from benchmarks.tables import Table, Timed, in_turn
from benchmarks.workloads import ALGORITHMS, keys_of, pack_of, rows
from ptt_rules import Engine, Pack, load

JUDGEMENTS, PANDAS_TICKS, SELECTS = 1000, 50, 200
EARLY, LATE, LAST = 100, 10_000, 1_000_000
LONG = ("35 rules",)
"""Packs that are taken to the last row; the others end at the one before."""
RULES = 35


def run() -> Table:
    table = Table(
        "live",
        f"One judgement in us of CPU time behind row {EARLY}, median and 99th percentile. Rivals, "
        "measured in turn with it: pandas with as many rules over the last "
        f"{HISTORY_ROWS} rows, rebuilt and rerun for each row as tools of today do; and the least "
        "that Polars could take, one fused `select` of the same aggregates alone, over a frame "
        "that is ready. Growth: what a judgement takes behind that row, to one of a run that is "
        f"at row {EARLY}, in turn.",
        (
            "rules", "number", "us", "p99", "pandas", "pandas / ptt", "select", "ptt / select",
            f"growth to {LATE:,}", f"to {LAST:,}",
        ),
    )  # fmt: skip
    cases = [(name, load(name)) for name in ALGORITHMS]
    for name, pack in [*cases, (f"{RULES} rules", pack_of(RULES))]:
        table.rows.append(_row(name, pack))
    return table


def _row(name: str, pack: Pack) -> tuple[str | int | float, ...]:
    keys, count = keys_of(pack), len(pack.detectors)
    engine = _engine_at(EARLY, pack, keys)
    (ptt, p99), (pandas, _), (select, _) = in_turn(
        (engine.observe, list(rows(keys, EARLY, JUDGEMENTS))),
        _pandas(keys, count),
        _select(pack, keys),
    )
    growth = [_growth(engine, mark, pack, keys) for mark in (LATE, LAST)[: 1 + (name in LONG)]]
    return (
        name, count, ptt, p99, pandas, pandas / ptt, select, ptt / select, growth[0],
        growth[1] if growth[1:] else "",
    )  # fmt: skip


def _engine_at(row: int, pack: Pack, keys: list[str]) -> Engine:
    engine = pack.engine()
    for one in rows(keys, 0, row):
        engine.observe(one)
    return engine


def _growth(engine: Engine, mark: int, pack: Pack, keys: list[str]) -> float:
    """Takes an engine to a row, and its judgements there to those of one that has just begun."""
    for row in rows(keys, engine.rows, mark - engine.rows):
        engine.observe(row)
    young = _engine_at(EARLY, pack, keys)
    (late, _), (early, _) = in_turn(
        (engine.observe, list(rows(keys, mark, JUDGEMENTS))),
        (young.observe, list(rows(keys, EARLY, JUDGEMENTS))),
    )
    return late / early


def _pandas(keys: list[str], count: int) -> Timed:
    rival = PandasRival(keys, count)
    for row in rows(keys, 0, HISTORY_ROWS):
        rival.observe(row)
    return rival.observe, list(rows(keys, HISTORY_ROWS, PANDAS_TICKS))


def _select(pack: Pack, keys: list[str]) -> Timed:
    expressions, left_out = fused(pack.compiled.program, keys)
    if left_out:
        print(f"({left_out} aggregates are left out of the select: Polars has no such function)")
    frame = pl.DataFrame(list(rows(keys, 0, HISTORY_ROWS)))
    return lambda _: frame.select(expressions), range(SELECTS)
