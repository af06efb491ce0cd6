"""A loop with the keys of another framework is judged live as its log is offline."""

from __future__ import annotations

from pathlib import Path

import pytest

from ptt_rules import Event, Monitor, load, replay
from ptt_rules.runs import read_run
from tests.observing import loops

GOLDEN = Path(__file__).parent / "found.txt"
"""What a replay finds in the broken runs, whose entropy dies and whose KL rises from step 41 on."""


def found(events: list[Event]) -> list[str]:
    """Findings that people hear of, a line each."""
    told = (one for one in events if one.is_visible and one.event.is_finding)
    return [f"{one.step} {one.level.word} {one.who}" for one in told]


def expected(name: str) -> list[str]:
    """The lines of a run in the golden file."""
    text = GOLDEN.read_text(encoding="utf-8").partition(f"# {name}\n")[2]
    return text.partition("\n\n")[0].splitlines()


def live(rows: list[dict[str, float]], run_dir: Path) -> list[Event]:
    events: list[Event] = []
    with Monitor(run_dir=run_dir, fail_fast=True) as monitor:
        for row in rows:
            events += monitor.observe(row).events
    return events


def joined(records: list[dict[str, float]]) -> list[dict[str, float]]:
    """The records of a step as one row, in the order in which they are written."""
    steps: dict[float, dict[str, float]] = {}
    for record in records:
        steps.setdefault(record["step"], {}).update(record)
    return [*steps.values()]


def test_a_verl_run_is_judged_live_as_offline(tmp_path: Path) -> None:
    rows = loops.verl(broken=True)
    offline = replay(load("grpo"), loops.verl_file(tmp_path, rows))
    events = live(rows, tmp_path / "run")
    assert found(events) == found(offline.events) == expected("verl")
    # a log has no times of the run
    alike = [{**one.to_json(), "time": None} for one in events]
    assert alike == [one.to_json() for one in offline.events]


def test_a_prime_rl_run_is_judged_live_as_offline(tmp_path: Path) -> None:
    records = loops.prime_rl(broken=True)
    offline = replay(load("grpo"), loops.prime_rl_file(tmp_path, records))
    events = live(joined(records), tmp_path / "run")
    assert found(events) == found(offline.events) == expected("prime-rl")


@pytest.mark.parametrize("make", [loops.verl, lambda broken: joined(loops.prime_rl(broken=broken))])
def test_a_healthy_run_is_silent(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert found(live(make(broken=False), tmp_path / "run")) == []


def test_a_run_directory_says_who_logged_and_is_judged_alike(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = live(loops.verl(broken=True), tmp_path / "run")
    run = read_run(tmp_path / "run")
    assert (run.algorithm, run.provenance["stack"]) == ("grpo", "verl")
    (named,) = [one for one in run.records.notes if one["event"] == "named"]
    assert named["names"]["actor/kl_loss"] == "kl"
    again = replay(load("grpo"), tmp_path / "run")
    assert found(again.events) == found(events)
    told = capsys.readouterr().err
    assert "verl (`actor/pg_loss` is logged): 6 of its keys are read by the names" in told
    assert "`actor/pg_loss` is logged: judged as grpo from row 1" in told
    assert "detectors armed for verl" in told


def test_a_framework_that_its_keys_do_not_show_is_named(tmp_path: Path) -> None:
    rows = [{"step": step, "actor/lr": 1e-6, "reward": 0.1} for step in range(1, 4)]
    with Monitor(algorithm="grpo", run_dir=tmp_path / "run", stack="verl") as monitor:
        for row in rows:
            monitor.observe(row)
    frame = read_run(tmp_path / "run").log.frame
    assert "learning_rate" in frame.columns
    assert "actor/lr" not in frame.columns
