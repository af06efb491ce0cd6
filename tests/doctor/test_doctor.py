"""`ptt doctor`: each broken set-up is named, with its way out; a sound one is left alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from ptt_rules import load
from ptt_rules.cli.main import main
from ptt_rules.doctor import CHECKS, Finding, Machine, Setup, Verdict, examine, setup_of
from ptt_rules.doctor.machine import TESTED
from ptt_rules.observing.versions import NEWEST, OLDEST
from ptt_rules.runs import Heartbeat, Pulse, line_text
from tests.run_directories.made import Life

PAGE = (Path(__file__).parents[2] / "docs" / "doctor.md").read_text()
SOUND = {
    "output_dir": "out",
    "max_steps": 2000,
    "logging_steps": 1,
    "logging_nan_inf_filter": False,
    "save_steps": 100,
    "eval_strategy": "steps",
    "report_to": "none",
}
RULES = """
metric loss: loss = "loss"
metric eval_loss: loss = "eval_loss"
detector slow { high when mean(loss[40]) > 9 }
detector worse { high when eval_loss > 9 }
policy page { on high { notify "me" } }
"""
OWN: dict[str, Any] = {"packs": ["page.ptt"], "only": True}
GUARDED = {**OWN, "policy": "guard"}


class Lab(Machine):
    """A machine on which all is as the tests have it, unless said otherwise."""

    def __init__(self, *, free: int = 1 << 40, writes: bool = True, **versions: str | None) -> None:
        tested = {"trl": "1.16.0", "transformers": "5.23.0", "torch": "2.13.0", "polars": "2.1.0"}
        self._versions = {**tested, **versions}
        self._free, self._writes = free, writes

    def version(self, library: str) -> str | None:
        return self._versions.get(library)

    def has(self, module: str) -> bool:
        return False

    def free_bytes(self, folder: Path) -> int:
        return self._free

    def may_write(self, folder: Path) -> bool:
        return self._writes


def found(machine: Machine | None = None, **given: Any) -> list[Finding]:
    arguments = {**SOUND, **given.pop("arguments", {})}
    given = {"callback": OWN, **given}
    setup = Setup(machine or Lab(), "sft", arguments, is_whole=True, **given)
    return [one for one in examine(setup) if one.verdict is not Verdict.OK]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.ptt").write_text(RULES)


def test_a_sound_setup_is_left_alone() -> None:
    assert [one for one in found(callback=GUARDED) if one.verdict > Verdict.NOTE] == []


BROKEN: dict[str, dict[str, Any]] = {
    "versions": {"machine": Lab(trl="0.18.2")},
    "rules": {"callback": {**OWN, "policy": "gaurd"}},
    "channels": {"callback": {**OWN, "policy": "page"}},
    "writable": {"machine": Lab(writes=False)},
    "disk": {"machine": Lab(free=1 << 20)},
    "report_to": {"arguments": {"report_to": ["wandb"]}},
    "logging_strategy": {"arguments": {"logging_strategy": "no"}},
    "logging_by_epoch": {"arguments": {"logging_strategy": "epoch"}},
    "logging_steps": {"arguments": {"logging_steps": 10}},
    "logging_nan_inf_filter": {"arguments": {"logging_nan_inf_filter": True}},
    "save_strategy": {"arguments": {"save_strategy": "no"}, "callback": GUARDED},
    "save_steps": {"arguments": {"save_steps": 2000}, "callback": GUARDED},
    "save_total_limit": {"arguments": {"save_total_limit": 1}, "callback": GUARDED},
    "save_only_model": {"arguments": {"save_only_model": True}},
    "logs": {"arguments": {"max_steps": 20}},
    "metrics": {"arguments": {"eval_strategy": "no"}},
}
"""By check a set-up in which it finds something."""
OF_A_RUN = {"run_dir", "faults"}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_setup_is_named_with_its_way_out(name: str) -> None:
    named = {one.check: one for one in found(**BROKEN[name])}
    assert name in named
    assert named[name].found
    assert named[name].way_out


def test_every_check_has_a_broken_setup_and_a_row_on_the_page() -> None:
    names = [check.name for check in CHECKS]
    assert set(names) == BROKEN.keys() | OF_A_RUN
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == names


@pytest.mark.parametrize(
    ("trl", "verdict"),
    [
        ("0.18.0", Verdict.FAILS),
        ("0.20.0", Verdict.NOTE),
        ("9.0.0", Verdict.NOTE),
        (None, Verdict.NOTE),
    ],
)
def test_versions_outside_of_what_is_tested_are_named(trl: str | None, verdict: Verdict) -> None:
    (one,) = [each for each in found(Lab(trl=trl)) if each.check == "versions"]
    assert one.verdict is verdict
    assert "trl" in one.found


def test_the_versions_of_trl_are_those_that_the_callback_names() -> None:
    _, oldest, newest = TESTED["trl"]
    assert (Version(oldest), Version(newest)) == (OLDEST, NEWEST)


def test_settings_that_cannot_be_read_are_named() -> None:
    Path("ptt.yaml").write_text("polcy: guard\n")
    (one,) = [each for each in found() if each.check == "rules"]
    assert one.verdict is Verdict.FAILS
    assert "polcy" in one.found
    assert "policy" in one.way_out


def test_packs_that_differ_from_the_lock_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    pack = Path("lab.ptt")
    pack.write_text('metric kl: nats = "kl"\ndetector far { high when kl > 1 }\n')
    assert main(["pack", "lock", "lab.ptt"]) == 0
    pack.write_text(pack.read_text().replace("> 1", "> 2"))
    found_now = found(callback={"packs": ["lab.ptt"], "only": True})
    assert any("PTT323" in one.found for one in found_now)


def begun() -> Path:
    life = Life(load("page.ptt"), Path("runs/a"), max_steps=50)
    life.log({"step": 1, "time": 1.0, "loss": 1.0})
    return Path("runs/a")


def living(folder: Path, name: str, process: int) -> None:
    beat = Heartbeat.now(Pulse.RUNNING, 3)
    data = {**beat.to_json(), "process": process, "began": None}
    (folder / name).write_text(line_text(data))


def test_two_processes_with_one_run_directory_are_named() -> None:
    run = begun()
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        living(run, ".life-1.json", os.getpid())
        living(run, "heartbeat.json", other.pid)
        (one,) = [f for f in examine(setup_of("runs/a", {}, machine=Lab())) if f.check == "run_dir"]
        assert one.verdict is Verdict.TRIPS
        assert str(other.pid) in one.found
        assert str(os.getpid()) in one.found
        (new,) = [f for f in found(callback={**OWN, "run_dir": "runs/a"}) if f.check == "run_dir"]
        assert str(other.pid) in new.found
    finally:
        other.communicate(b"\n")


def test_faults_inside_of_a_run_are_named() -> None:
    run = begun()
    line = {"event": "fault", "code": "PTT504", "message": "the disk is full", "step": 3}
    with (run / "events.jsonl").open("a") as file:
        file.write(line_text(line))
    (one,) = [f for f in examine(setup_of("runs/a", {}, machine=Lab())) if f.check == "faults"]
    assert "the disk is full" in one.found


SCRIPT = """
import trl
from ptt_runtime import DiagnosticsCallback
rate = 1e-5
args = trl.DPOConfig(output_dir="out", max_steps=30, learning_rate=rate, save_strategy="no")
callback = DiagnosticsCallback(packs=["page.ptt"], only=True, policy="guard", channels=made())
"""


def test_a_script_is_read_and_not_run() -> None:
    Path("train.py").write_text(SCRIPT)
    setup = setup_of("train.py", {}, machine=Lab())
    assert setup.algorithm == "dpo"
    assert setup.arguments == {"output_dir": "out", "max_steps": 30, "save_strategy": "no"}
    assert setup.callback == GUARDED
    assert setup.unread == ("learning_rate", "channels")
    named = {one.check for one in examine(setup) if one.verdict >= Verdict.TRIPS}
    assert {"logging_steps", "save_strategy", "logs", "logging_nan_inf_filter"} == named


def test_what_a_script_hides_is_not_taken_for_a_default() -> None:
    Path("train.py").write_text(
        "SFTConfig(**settings)\nDiagnosticsCallback(packs='page.ptt', only=True)\n"
    )
    named = {f.check for f in examine(setup_of("train.py", {}, machine=Lab())) if f.verdict}
    assert named == set()


@pytest.mark.parametrize("name", ["args.yaml", "args.json"])
def test_a_file_of_arguments_is_read(name: str) -> None:
    Path(name).write_text(json.dumps({"logging_steps": 25, "max_steps": 50}))
    found_now = examine(setup_of(name, {}, machine=Lab()))
    (one,) = [each for each in found_now if each.check == "logging_steps"]
    assert "25 steps late" in one.found


@pytest.mark.parametrize(
    ("name", "text"), [("a.py", "def"), ("a.yaml", "[1"), ("a.json", "{"), ("b.json", "[]")]
)
def test_a_file_that_cannot_be_read_is_unusable(
    name: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(name).write_text(text)
    assert main(["doctor", name]) == 2
    assert name in capsys.readouterr().err
