"""One rule file stops a real training run, with every trainer of the installed TRL."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ptt_rules import load, read_log, replay
from ptt_rules.runs import Pulse, State, read_run, state_of
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo.trainers import algorithms
from tests.runtime.conftest import json_lines, unwrapped

pytestmark = pytest.mark.runtime
ALGORITHMS = algorithms()
PREFERENCES = ("dpo", "orpo", "cpo", "kto", "reward")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_rule_stops_the_run_at_its_step(
    algorithm: str, rule: Path, train: Callable[..., Any], tmp_path: Path
) -> None:
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[rule], only=True, policy="guard", fail_fast=True
    )
    trainer = train(algorithm, callback, steps=6)
    assert trainer.state.global_step == 3
    assert (tmp_path / "out" / "checkpoint-3" / "ptt_state.json").is_file()
    lines = json_lines(tmp_path / "run" / "events.jsonl")
    assert [(line["event"], line["step"]) for line in lines] == [("fired", 3), *[("action", 3)] * 3]
    assert [line["action"] for line in lines[1:]] == ["checkpoint", "invalidate", "stop"]
    postmortem = json.loads((tmp_path / "run" / "postmortem.json").read_text())
    assert postmortem["last_good_step"] == 2


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_artifacts_are_complete_and_say_what_was_told(
    algorithm: str, train: Callable[..., Any], tmp_path: Path
) -> None:
    callback = DiagnosticsCallback(run_dir=tmp_path / "run", fail_fast=True)
    trainer = train(algorithm, callback, steps=4)
    run = json.loads((tmp_path / "run" / "run.json").read_text())
    assert run["algorithm"] == algorithm
    between = {"grpo": ["policy_gradient"], "ppo": ["policy_gradient"]}
    between |= {name: ["preference"] for name in PREFERENCES}
    between["rloo"] = ["policy_gradient", "grpo"]
    names = ["common", *between.get(algorithm, []), algorithm]
    assert [pack["name"] for pack in run["packs"]] == names
    assert {pack["origin"]["kind"] for pack in run["packs"]} == {"shipped"}
    assert run["model"]["parameters"] > 1000
    assert run["training_arguments"]["max_steps"] == 4
    assert run["max_steps"] == 4
    assert run["libraries"]["trl"]
    if algorithm != "ppo":  # which gives callbacks no data loader
        assert run["data"]["examples"] >= 64
    frame = pl.read_parquet(tmp_path / "run" / "metrics.parquet")
    logged = [row for row in trainer.state.log_history if "step" in row]
    assert frame["step"].to_list() == [row["step"] for row in logged]
    first_keys = {key for key in logged[0] if key not in ("step", "epoch")}
    assert first_keys <= set(frame.columns)
    assert frame["time"].is_sorted()
    found = read_run(tmp_path / "run")
    assert state_of(found).state is State.FINISHED
    assert (found.heartbeat and found.heartbeat.pulse, found.last_step) == (Pulse.ENDED, 4)
    assert found.rules.incidents(found.records.events) == found.incidents
    assert "What went wrong" in (tmp_path / "run" / "report.html").read_text()


def test_what_was_told_live_is_what_a_replay_of_the_run_directory_tells(
    train: Callable[..., Any], rule: Path, tmp_path: Path
) -> None:
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[rule], only=True, fail_fast=True
    )
    train("dpo", callback, steps=5)
    judged = replay(load(rule), tmp_path / "run")
    told = list(json_lines(tmp_path / "run" / "events.jsonl"))
    assert told == [json.loads(json.dumps(event.to_json())) for event in judged.events]
    assert read_log(tmp_path / "run").context.config["max_steps"] == 5


def test_stop_on_critical_is_the_policy_guard(
    train: Callable[..., Any], rule: Path, tmp_path: Path
) -> None:
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[rule], only=True, stop_on_critical=True, fail_fast=True
    )
    assert train("sft", callback, steps=6).state.global_step == 3


def test_without_a_policy_it_only_tells(
    train: Callable[..., Any], rule: Path, tmp_path: Path
) -> None:
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[rule], only=True, fail_fast=True
    )
    assert train("sft", callback, steps=5).state.global_step == 5
    assert [line["event"] for line in json_lines(tmp_path / "run" / "events.jsonl")] == ["fired"]


def test_findings_and_the_summary_are_printed_for_people(
    train: Callable[..., Any],
    rule: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[rule], only=True, policy="guard", verbosity="verbose"
    )
    monkeypatch.setenv("COLUMNS", "300")
    train("sft", callback, steps=5)
    printed = unwrapped(capsys.readouterr().err)
    assert "CRITICAL third.third_row  step 3" in printed
    assert "row three, step 3" in printed
    assert "policy guard at step 3: checkpoint, invalidate, stop" in printed
    lacks = "as `policy/entropy_avg` was never logged: third.third_update"
    assert f"could not judge, {lacks}" in printed
    assert "end at step 3: 1 critical; 1 of 2 detectors could judge" in printed
    assert f"artifacts in {tmp_path / 'run'}" in printed
    assert "detectors armed for SFTTrainer (TRL " in printed
    needs = "third.third_update needs `policy/entropy_avg`, which SFTTrainer does not log"
    assert f"not armed: {needs}" in printed
    assert "1 incident: third.third_row since step 3 (critical at 3)" in printed
    assert "surprise" not in printed
    run = json.loads((tmp_path / "run" / "run.json").read_text())
    assert run["detectors"]["not_armed"][0]["detectors"] == ["third.third_update"]
    (incident,) = json.loads((tmp_path / "run" / "postmortem.json").read_text())["incidents"]
    assert incident["first_cause"]["detector"] == "third.third_row"


def test_a_run_directory_that_holds_a_run_is_left_alone(
    train: Callable[..., Any], rule: Path, tmp_path: Path
) -> None:
    first = DiagnosticsCallback(run_dir=tmp_path / "run", packs=[rule], only=True)
    train("sft", first, steps=2)
    before = (tmp_path / "run" / "run.json").read_text()
    second = DiagnosticsCallback(run_dir=tmp_path / "run", packs=[rule], only=True)
    train("sft", second, steps=2)
    assert second.run_dir == tmp_path / "run-2"
    assert (tmp_path / "run" / "run.json").read_text() == before
