"""Rows as trainers log them, and packs of so many rules."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from ptt_rules import Pack, loads
from ptt_rules.language.ir import nodes

Row = dict[str, Any]

ALGORITHMS = ("sft", "dpo", "ppo", "grpo", "rloo", "orpo", "kto", "cpo", "reward")
COLUMNS = tuple(f"key_{number}" for number in range(24))
_WINDOWS = (10, 20, 30, 50)
_FORMS = (
    "mean(M[W]) < 0.1 * mean(M[first W])",
    "mean(M[W]) > 1e6",
    "max(M[5]) > 1e6 * mean(M[W])",
    "std(M[W]) > 1e6",
    "max(M[W]) - min(M[W]) > 1e6",
    "slope(M[W]) > 1e6",
)


def keys_of(pack: Pack) -> list[str]:
    """A logged key for each metric that the rules of a pack read."""
    keys = set()
    for operation in pack.compiled.program.operations:
        node = operation.node
        if isinstance(node, nodes.Column):
            keys.add(node.keys[0])
        elif isinstance(node, nodes.FamilyColumn):
            keys.add(nodes.filled(node.patterns, node.label, "f")[0])
    return sorted(keys)


def rows(keys: list[str] | tuple[str, ...], first: int, count: int) -> Iterator[Row]:
    """Rows from a step on, with values that no rule finds remarkable."""
    source = random.Random(first)
    for step in range(first, first + count):
        yield {"step": step, "time": 0.1 * step, **{key: source.uniform(0.4, 0.6) for key in keys}}


def conditions(count: int) -> Iterator[tuple[str, str, int]]:
    """The form of each of so many rules, its column and the length of its window."""
    for number in range(count):
        turn = number // len(COLUMNS)
        window = _WINDOWS[(number + turn) % len(_WINDOWS)]
        yield _FORMS[(number + turn) % len(_FORMS)], COLUMNS[number % len(COLUMNS)], window


def rules(count: int) -> str:
    """The text of so many rules of the kinds that tools of today have, each with its threshold."""
    metrics = "".join(f'metric {column}: none = "{column}"\n' for column in COLUMNS)
    return metrics + "".join(
        f"detector d{number} {{ high when {_written(form, column, window, number)} for 3 }}\n"
        for number, (form, column, window) in enumerate(conditions(count))
    )


def _written(form: str, column: str, window: int, number: int) -> str:
    """A condition with a threshold of its own, which its values never reach."""
    of_metric = form.replace("M", column).replace("W", str(window))
    return of_metric.replace("1e6", f"{1_000_000 + number}").replace("0.1 *", f"0.1{number:04} *")


def pack_of(count: int) -> Pack:
    return loads(rules(count))
