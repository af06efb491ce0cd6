"""Alerts of the older tool, given to the callback as they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ptt_rules import PttError, read_log, replay
from ptt_rules.runs import read_run, rules_of
from ptt_runtime import DiagnosticsCallback
from tests.runtime.conftest import json_lines, unwrapped

pytestmark = pytest.mark.runtime

HEURISTIC = """
name: loss_seen
description: The loss is there
trainers: [sft]
metric: loss
condition: "> 0"
window: 2
severity: high
message: "Loss {value:.2f}."
min_steps: 2
enabled: true
"""
ALERTS = [
    "dpo: margin < 0.1 for 2 steps -> high: Margin collapsed",
    "sft: loss > 0 for 2 steps -> low: Seen",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    heuristics = tmp_path / "heuristics" / "sft"
    heuristics.mkdir(parents=True)
    (heuristics / "loss_seen.yaml").write_text(HEURISTIC)
    return tmp_path / "heuristics"


def test_they_judge_beside_the_pack_of_the_algorithm(
    folder: Path, train: Callable[..., Any], tmp_path: Path
) -> None:
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run",
        custom_heuristics_dir=folder,
        custom_alerts=ALERTS,
        fail_fast=True,
    )
    train("sft", callback, steps=14)
    told = {line["detector"] for line in json_lines(tmp_path / "run" / "events.jsonl")}
    assert "heuristics.loss_seen" in told
    assert any(name.startswith("custom_alerts") for name in told)
    # the run keeps what is in no file elsewhere, so that it can be judged again
    run = read_run(tmp_path / "run")
    packs = {one["name"] for one in run.provenance["packs"]}
    assert {"sft", "common", "heuristics", "custom_alerts_sft"} <= packs
    assert "custom_alerts_dpo" not in packs
    again = replay(rules_of(run), read_log(tmp_path / "run"))
    assert {event.detector for event in again.events} == told


def test_stop_on_critical_stops_on_high_of_ones_own_rules(
    folder: Path, train: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They know no `critical`: their worst level stops the run, and its start says so."""
    run_dir = tmp_path / "run"
    alerts = [*ALERTS, "sft: loss > 1e9 for 2 steps -> high: Never"]
    callback = DiagnosticsCallback(
        run_dir=run_dir,
        custom_heuristics_dir=folder,
        custom_alerts=alerts,
        stop_on_critical=True,
        fail_fast=True,
    )
    trainer = train("sft", callback, steps=30)
    assert trainer.state.global_step == 2
    said = unwrapped(capsys.readouterr().err)
    assert "policy custom_guard" in said
    stops = re.search("a high one of your own rules: ([^,]+), ([^,\n]+)\n", said)
    assert stops is not None
    assert {*stops.groups()} == {"heuristics.loss_seen", "custom_alerts_sft.loss_above_2"}
    run = read_run(run_dir)
    assert run.stopped
    assert run.invalidated_by == ("heuristics.loss_seen",)
    again = replay(rules_of(run), read_log(run_dir))
    assert [one.action for one in again.actions] == [one.action for one in run.records.actions]


@pytest.mark.parametrize(
    ("options", "policy"),
    [
        ({"custom_alerts": ["sft: loss > 0 for 2 steps -> medium: Seen"]}, "guard"),
        ({"custom_alerts": ["dpo: margin < 0.1 -> high: Of another trainer"]}, "guard"),
        ({"custom_alerts": ["sft: loss > 0 -> high: Seen"], "policy": "guard"}, "custom_guard"),
    ],
    ids=["no rule is high", "none is for this trainer", "the policy is named, too"],
)
def test_the_policy_is_guard_where_no_rule_of_ones_own_is_high(
    options: dict[str, Any], policy: str, train: Callable[..., Any], tmp_path: Path
) -> None:
    run_dir = tmp_path / "run"
    train("sft", DiagnosticsCallback(run_dir=run_dir, stop_on_critical=True, **options), steps=1)
    assert (read_run(run_dir).policy or "").removeprefix("common.") == policy
    assert (run_dir / "packs" / "custom_guard.ptt").is_file() is (policy == "custom_guard")


def test_another_policy_decides_alone(
    folder: Path, train: Callable[..., Any], tmp_path: Path
) -> None:
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", custom_heuristics_dir=folder, policy="guard", fail_fast=True
    )
    trainer = train("sft", callback, steps=4)
    assert trainer.state.global_step == 4


def test_what_cannot_be_converted_is_told_where_it_is_given(folder: Path) -> None:
    (folder / "sft" / "bad.yaml").write_text(HEURISTIC.replace('"> 0"', '"wobbles(3)"'))
    with pytest.raises(PttError, match="PTT313") as raised:
        DiagnosticsCallback(custom_heuristics_dir=folder)
    (told,) = raised.value.diagnostics
    assert "wobbles" in told.message
    with pytest.raises(PttError, match="PTT31"):
        DiagnosticsCallback(custom_alerts=["loss is odd"])
