"""Chunks of which all rows take one branch: Polars then has a single number for a column."""

from __future__ import annotations

from itertools import product

import pytest

from ptt_rules import loads
from ptt_rules.logs import RunContext
from tests.engine.random_runs import Rows
from tests.engine.test_chunks import assert_same_operations
from tests.judges import in_columns, live

OUTER = (
    "a / {}", "{} / a", "a + {}", "{} + a", "a - {}", "{} - a", "a * {}", "-{} / a", "a / -{}",
    "abs({}) / a", "floor({}) + a", "sqrt({}) / a", "a / exp({})", "a / log({})", "a / (1 / {})",
)  # fmt: skip
ONE_BRANCH = (
    "greatest(b, 10)", "least(b, 10)", "greatest(b, 0)", "least(b, -0.0)", "clamp(b, 10, 20)",
    "clamp(b, 0, 0)", "coalesce(m, 10)", "coalesce(m, 0)", "greatest(b, p)",
    "coalesce(m, config.n)", "greatest(config.n, b)", "floor(b)", "sign(b)", "sign(floor(b))",
    "coalesce(coalesce(m, m), 0)", "greatest(least(b, 10), 10)", "progress", "mean(b[1])",
    "greatest(mean(b[1]), 10)", "coalesce(mean(m[3]), 3)", "streak(b > 100)", "count(m[all])",
    "greatest(age(b), 10)",
)  # fmt: skip
LOGGED = ([6.0, 7.0, 0.1], [-0.0, -0.0, 0.0], [5e-324, 1e308, 1e-308])
BRANCHES = ([4.0, 5.0, 4.5], [0.3, 0.5, 0.0], [-1.0, -2.0, -0.25], [4.0, 44.0, 5.0])


@pytest.mark.parametrize("inner", ONE_BRANCH)
def test_a_chunk_of_one_branch_is_computed_as_its_rows(inner: str) -> None:
    text = "".join(f'metric {name}: none = "{name}"\n' for name in "abm") + "param p = 10\n"
    lets = "".join(f"let v{n} = {one.format(inner)}\n" for n, one in enumerate(OUTER))
    text += f"detector d {{ {lets} high when v0 > 0.6 }} policy p {{ }}"
    for logged, branch in product(LOGGED, BRANCHES):
        rows: Rows = [
            {"step": step, "a": a, "b": b}
            for step, (a, b) in enumerate(zip(logged, branch, strict=True))
        ]
        for sizes in ([], [1, 1]):
            assert_same_operations(text, rows, RunContext({"n": 10, "max_steps": 3}), sizes)


def test_what_is_told_of_a_row_does_not_depend_on_the_rows_after_it() -> None:
    pack = loads("""metric clipped: none = "clipped" metric total: none = "total"
        detector d { high when clipped / greatest(total, 10) > 0.6 }""")
    rows: Rows = [{"step": step, "clipped": 6, "total": 4} for step in (1, 2)]
    assert live(pack, rows, {}) == in_columns(pack, rows).events == []
