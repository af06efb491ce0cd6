"""A log is replayed in columns where these are faster, row by row where they are not."""

from __future__ import annotations

from typing import Any

import pytest

from ptt_rules import Engine, Pack, load, loads, replay, replaying
from ptt_rules.evaluation import LogReplay
from tests.judges import in_columns

PACK = loads(
    'metric a: none = "a" metric f[x]: none = "f/{x}"\n'
    "detector plain { high when mean(a[3]) > 9 }\n"
    "detector each for each f { high when f > 9 }"
)
LONG = [{"step": step, "a": float(step)} for step in range(replaying.LEAST_ROWS)]
WIDE: list[dict[str, Any]] = [
    {"step": step, "a": step, f"f/{step % 40}": float(step)} for step in range(60)
]


def ways(pack: Pack, rows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which judges took rows in a replay, in the order in which they came to it."""
    taken: dict[str, None] = {}
    advance, judge = LogReplay.advance, Engine.judge

    def by_columns(self: LogReplay, *of: Any) -> Any:
        taken["columns"] = None
        return advance(self, *of)

    def by_row(self: Engine, *of: Any) -> Any:
        taken["rows"] = None
        return judge(self, *of)

    monkeypatch.setattr(LogReplay, "advance", by_columns)
    monkeypatch.setattr(Engine, "judge", by_row)
    replay(pack, rows)
    return list(taken)


@pytest.mark.parametrize(
    ("rows", "expected"), [(LONG, ["columns"]), (LONG[1:], ["rows"])], ids=["long", "short"]
)
def test_long_logs_are_judged_in_columns(
    rows: list[dict[str, Any]], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ways(PACK, rows, monkeypatch) == expected


def test_many_instances_are_judged_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "LEAST_ROWS", 1)
    monkeypatch.setattr(replaying, "MOST_GROWN", 20)
    assert ways(PACK, WIDE[:4], monkeypatch) == ["columns"]
    assert ways(PACK, WIDE, monkeypatch) == ["columns", "rows"]


def assert_same(pack: Pack, rows: list[dict[str, Any]]) -> None:
    one, other = replay(pack, rows), in_columns(pack, rows)
    for name in (
        "events", "actions", "incidents", "reach", "crowded", "rows", "last_step", "unreadable",
        "abandoned", "torn",
    ):  # fmt: skip
        assert getattr(one, name) == getattr(other, name), name


def test_both_ways_tell_the_same_of_a_log_that_went_back_and_has_what_is_no_number() -> None:
    rows = [*WIDE, {"step": 50, "a": "x", "f/new": 99.0}, {"step": 51, "a": None, "g": 1.0}]
    assert_same(PACK, rows)
    assert_same(PACK, [])


@pytest.mark.parametrize("name", ["grpo", "sft"])
def test_both_ways_tell_the_same_of_shipped_packs_and_policies(name: str) -> None:
    rows = [
        {"step": step, "time": 9.0 * step, "loss": 1.0 + step % 3, "reward": 0.1, "kl": step / 3}
        for step in range(120)
    ]
    assert_same(load(name, policy="guard", isolated=True), rows)
