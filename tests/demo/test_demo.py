"""The demo as a person runs it, judged by what it leaves behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ptt_rules import load, replay
from ptt_runtime.demo import __main__ as entry
from ptt_runtime.demo.cases import (
    DELAY_BUDGET,
    OF_THE_MACHINE,
    STOP_BUDGET,
    Case,
    Outcome,
    all_cases,
)
from ptt_runtime.demo.show import run as run_demo

STEPS = 80
FAULTS = {case.name: case.fault_step for case in all_cases(STEPS) if case.fault_step}
NETWORK_IS_OFF = """
import socket, sys
def refuse(*args, **kwargs):
    print("ASKED THE NETWORK", args[:2], file=sys.stderr)
    raise OSError("no network in this test")
socket.getaddrinfo = refuse
"""


@dataclass(frozen=True)
class Ran:
    """A demo that has run."""

    code: int
    output: str
    messages: str
    folder: Path

    def run_dir(self, name: str) -> Path:
        return self.folder / f"demo-{name}"

    def events(self, name: str) -> list[dict[str, Any]]:
        path = self.run_dir(name) / "events.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def frame(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.run_dir(name) / "metrics.parquet")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Without the settings of our own environment: the demo has to make its own."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "sitecustomize.py").write_text(NETWORK_IS_OFF)
    ours = ("HF_HUB_OFFLINE", "TOKENIZERS_PARALLELISM", "TRL_EXPERIMENTAL_SILENCE")
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    root = str(Path(__file__).resolve().parents[2])
    environment["PYTHONPATH"] = os.pathsep.join([str(folder), root])
    command = [sys.executable, "-m", "ptt_runtime.demo", "--steps", str(STEPS)]
    ended = subprocess.run(
        [*command, "--output", str(folder / "runs")],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        timeout=600,
    )
    return Ran(ended.returncode, ended.stdout, ended.stderr, folder / "runs")


pytestmark = pytest.mark.runtime


def test_it_ends_well(demo: Ran) -> None:
    assert demo.code == 0, demo.output + demo.messages


def test_it_asks_nobody_on_the_network(demo: Ran) -> None:
    assert "ASKED THE NETWORK" not in demo.messages


def test_only_ptt_speaks(demo: Ran) -> None:
    """Progress bars, loading reports and warnings of the libraries are off."""
    for noise in ("it/s", "Loading weights", "Warning", "LOAD REPORT", "'loss':", "Traceback"):
        assert noise not in demo.output + demo.messages


def is_found(line: dict[str, Any]) -> bool:
    """An untrained tiny model has its truncated completions reported as low."""
    return bool(line["event"] in ("fired", "escalated") and line["level"] != "low")


@pytest.mark.parametrize(("name", "fault_step"), FAULTS.items(), ids=FAULTS)
def test_a_fault_is_found_and_the_run_stopped_in_time(
    demo: Ran, name: str, fault_step: int
) -> None:
    fired = [line for line in demo.events(name) if is_found(line)]
    (stop,) = [line for line in demo.events(name) if line.get("action") == "stop"]
    assert fault_step <= fired[0]["step"] < fault_step + DELAY_BUDGET
    assert fired[0]["step"] <= stop["step"] < fault_step + STOP_BUDGET
    assert demo.frame(name)["step"].max() == stop["step"] < STEPS


@pytest.mark.parametrize(("name", "fault_step"), FAULTS.items(), ids=FAULTS)
def test_what_was_told_says_where_to_go_on(demo: Ran, name: str, fault_step: int) -> None:
    postmortem = json.loads((demo.run_dir(name) / "postmortem.json").read_text())
    assert postmortem["verdict"] == "invalidated"
    assert postmortem["last_good_step"] == fault_step - 1
    assert list(demo.run_dir(name).glob("training/checkpoint-*/ptt_state.json"))


def test_nothing_of_note_is_said_of_the_healthy_run(demo: Ran) -> None:
    said = [line for line in demo.events("grpo-healthy") if line["detector"] not in OF_THE_MACHINE]
    assert {line["level"] for line in said} <= {"low"}
    assert demo.frame("grpo-healthy")["step"].max() == STEPS


@pytest.mark.parametrize("case", all_cases(STEPS), ids=lambda case: case.name)
def test_each_run_leaves_its_artifacts(demo: Ran, case: Case) -> None:
    run_dir = demo.run_dir(case.name)
    run = json.loads((run_dir / "run.json").read_text())
    assert run["algorithm"] == case.algorithm
    assert str(run_dir) in demo.output
    page = run_dir / "report.html"
    assert page.stat().st_size > 20_000
    assert str(page) in demo.output


@pytest.mark.parametrize("case", all_cases(STEPS), ids=lambda case: case.name)
def test_a_replay_tells_what_the_training_told(demo: Ran, case: Case) -> None:
    judged = replay(load(case.algorithm, policy="guard"), demo.run_dir(case.name))
    retold = [line.to_json() for line in (*judged.events, *judged.actions)]
    assert json.loads(json.dumps(retold)) == demo.events(case.name)


def test_the_closing_table_has_every_run(demo: Ran) -> None:
    table = demo.output[demo.output.rindex("run  ") :]
    assert table.count("caught") == len(FAULTS)
    assert "left alone" in table
    assert "ptt replay" in table


# ---- how it judges -------------------------------------------------------------------------

FIRED = {"event": "fired", "detector": "x", "level": "high", "step": 45, "message": "m"}
STOP = {"event": "action", "action": "stop", "step": 45}
FAULTY = next(case for case in all_cases(80) if case.name == "grpo-constant-reward")
HEALTHY = next(case for case in all_cases(80) if case.fault_step is None)


def outcome(case: Case, lines: list[dict[str, Any]], last_step: int) -> Outcome:
    return Outcome(case, Path("x"), lines, last_step, elapsed_s=9.0)


def test_a_run_that_goes_on_after_the_decision_is_not_stopped() -> None:
    assert outcome(FAULTY, [FIRED, STOP], last_step=45).is_as_it_should_be
    assert not outcome(FAULTY, [FIRED, STOP], last_step=80).is_as_it_should_be


def test_a_finding_before_the_fault_is_no_catch() -> None:
    early = [{**FIRED, "step": 12}, {**STOP, "step": 45}]
    assert not outcome(FAULTY, early, last_step=45).is_as_it_should_be


def test_a_late_stop_is_no_catch() -> None:
    assert FAULTY.fault_step == 41
    for step, in_time in ((70, True), (71, False)):
        lines = [FIRED, {**STOP, "step": step}]
        assert outcome(FAULTY, lines, last_step=step).is_as_it_should_be is in_time


def test_a_busy_machine_is_no_false_alarm() -> None:
    slow = {**FIRED, "detector": "common.slow_steps"}
    assert outcome(HEALTHY, [slow], last_step=80).is_as_it_should_be
    assert not outcome(HEALTHY, [slow, FIRED], last_step=80).is_as_it_should_be


def test_a_healthy_run_has_to_be_silent_and_whole() -> None:
    assert outcome(HEALTHY, [], last_step=80).is_as_it_should_be
    assert not outcome(HEALTHY, [], last_step=70).is_as_it_should_be
    assert not outcome(HEALTHY, [FIRED], last_step=80).is_as_it_should_be
    low = {**FIRED, "level": "low"}
    assert outcome(HEALTHY, [low], last_step=80).is_as_it_should_be
    worse = {**FIRED, "event": "escalated"}
    assert not outcome(HEALTHY, [low, worse], last_step=80).is_as_it_should_be


def test_what_is_saved_is_at_the_pace_of_the_run() -> None:
    stopped = outcome(FAULTY, [FIRED, STOP], last_step=45)
    assert (stopped.saved_steps, stopped.saved_s) == (35, 7.0)


def test_a_fault_that_is_missed_fails_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def blind(case: Case, out: Path) -> Outcome:
        return outcome(case, [], last_step=case.steps)

    monkeypatch.setattr("ptt_runtime.demo.show.train", blind)
    assert run_demo(str(tmp_path), steps=80) == 1
    told = capsys.readouterr().out
    assert told.count("NOT CAUGHT") == len(FAULTS)


def test_only_runs_of_the_demo_are_cleared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("demo-dpo-nan", "demo-of-mine", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "kept").touch()
    monkeypatch.setattr("ptt_runtime.demo.show.train", lambda case, out: outcome(case, [], 80))
    run_demo(str(tmp_path), steps=80, only="dpo-nan")
    assert sorted(path.parent.name for path in tmp_path.glob("*/kept")) == ["demo-of-mine", "other"]


# ---- its arguments -------------------------------------------------------------------------


def test_names_of_runs_are_those_of_the_cases() -> None:
    assert list(entry.NAMES) == [case.name for case in all_cases(STEPS)]


def test_too_few_steps_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        entry.main(["--steps", "10"])
    assert "less than 60" in capsys.readouterr().err


def test_help_ends_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        entry.main(["--help"])
    assert capsys.readouterr().out.rstrip().endswith("ptt demo --only dpo-nan")


@pytest.mark.parametrize("missing", [("trl",), ("trl", "transformers", "torch")])
def test_without_trl_it_names_the_extra(missing: tuple[str, ...]) -> None:
    hide = "; ".join(f"sys.modules[{name!r}] = None" for name in missing)
    run = "import runpy; runpy.run_module('ptt_runtime.demo', run_name='__main__')"
    command = [sys.executable, "-c", f"import sys; sys.argv[1:] = []; {hide}; {run}"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "ptt-rules[trl" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
