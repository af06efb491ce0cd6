"""Alerts of the older tool, given to the callback as they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ptt_rules import PttError, read_log, replay
from ptt_rules.runs import read_run, rules_of
from ptt_runtime import DiagnosticsCallback
from tests.runtime.conftest import json_lines

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


def test_what_cannot_be_converted_is_told_where_it_is_given(folder: Path) -> None:
    (folder / "sft" / "bad.yaml").write_text(HEURISTIC.replace('"> 0"', '"wobbles(3)"'))
    with pytest.raises(PttError, match="PTT313") as raised:
        DiagnosticsCallback(custom_heuristics_dir=folder)
    (told,) = raised.value.diagnostics
    assert "wobbles" in told.message
    with pytest.raises(PttError, match="PTT31"):
        DiagnosticsCallback(custom_alerts=["loss is odd"])
