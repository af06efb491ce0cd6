"""The status of a detector: what it waits for, or that it finds nothing, or something."""

from __future__ import annotations

import pytest

from ptt_rules import loads

METRICS = """
metric a: none = "a"
metric b: none = "b"
derive gap: none = a - b
"""
ROWS = [
    {"step": 1, "a": 1.0},
    {"step": 2, "a": 2.0},
    {"step": 3, "other": 1.0},
]
CASES = [
    ("high when a > 5", "ok"),
    ("high when a > 1", "firing"),
    ("high when a > 1 for 2", "pending"),
    ("high when mean(a[3]) > 1", "warming"),
    ("high when a > 5 after 3", "warming"),
    ("high when b > 1", "blind"),
    ("high when a > 5 or b > 1", "blind"),
    ("judged on b high when a > 5", "blind"),
    ("high when coalesce(b, 3) > 5", "blind"),
    ("high when coalesce(b, a) > 5", "ok"),
    ("high when absent(b)", "firing"),
    ("high when a > 5 and absent(b)", "ok"),
    ("high when age(b) > 9", "blind"),
    ("high when age(a) > 9", "ok"),
    ("high when a > config.limit", "unknown"),
    ("high when a > 0 and config.limit > 1", "unknown"),
    ("high when gap > 1", "blind"),
    ("high when firing(never)", "unknown"),
    ("high when firing(often)", "firing"),
]


@pytest.mark.parametrize(("clauses", "status"), CASES)
def test_a_status_says_what_a_detector_waits_for(clauses: str, status: str) -> None:
    others = "detector never { low when b > 1 } detector often { low when a > 0 keep 9 } "
    engine = loads(f"{METRICS}{others}detector d {{ {clauses} }}").engine()
    for row in ROWS:
        engine.observe(row)
    assert engine.statuses()["inline.d"].value == status
