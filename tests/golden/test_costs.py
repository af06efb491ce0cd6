"""What judging costs, as counts that a person reads: a change that doubles them is seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.workloads import keys_of, pack_of, rows
from ptt_rules import Engine, Pack, load, shipped_packs
from ptt_rules.language.ir import nodes
from ptt_rules.language.passes.share import Operation
from tests.golden.test_golden import check_golden

GOLDEN = Path(__file__).with_name("costs.md")
ROWS = 400
HEAD = (
    "pack", "rules", "operations", "aggregates", "series with windows", "observations kept",
    "first ones kept", "blocks kept",
)  # fmt: skip


def test_a_judgement_costs_this() -> None:
    packs = {name: load(name) for name in shipped_packs() if load(name).detectors}
    packs |= {f"{count} rules": pack_of(count) for count in (35, 240)}
    table = [HEAD, ("---",) * len(HEAD), *(counts(name, pack) for name, pack in packs.items())]
    text = "\n".join(f"| {' | '.join(map(str, row))} |" for row in table)
    check_golden(f"After {ROWS} rows that have every metric:\n\n{text}\n", GOLDEN)


def counts(name: str, pack: Pack) -> tuple[str | int, ...]:
    engine = pack.engine()
    for row in rows(keys_of(pack), 0, ROWS):
        engine.observe(row)
    operations = pack.compiled.program.operations
    return name, len(pack.detectors), len(operations), aggregates(operations), *kept(engine)


def kept(engine: Engine) -> tuple[int, ...]:
    """Series with windows, and what is remembered of them, as the saved state tells it."""
    histories = engine.state()["program"]["histories"]
    return (
        len(histories),
        sum(len(one["values"]) for one in histories),
        sum(len(firsts) for one in histories for firsts in one["firsts"]),
        sum(len(blocks) for one in histories for blocks, _ in one["prefixes"]),
    )


def test_equal_parts_of_rules_are_computed_once() -> None:
    """Rules that differ in their thresholds alone add no aggregate."""
    few, many = (pack_of(count).compiled.program.operations for count in (300, 600))
    assert aggregates(few) == aggregates(many)


def aggregates(operations: Sequence[Operation]) -> int:
    return sum(isinstance(one.node, nodes.Aggregate) for one in operations)
