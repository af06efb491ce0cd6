"""The tutorial: a rule of one's own, checked, replayed, stopping a real training."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.runtime
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
STEPS = 200


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of someone who has written a rule and a script."""
    folder = tmp_path_factory.mktemp("tour")
    for name in ("mine.ptt", "dpo_script.py"):
        shutil.copy(HERE / name, folder)
    return folder


@pytest.fixture(scope="module")
def trained(home: Path) -> subprocess.CompletedProcess[str]:
    return run(home, "dpo_script.py")


def run(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, *command],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def ptt(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return run(home, "-m", "ptt_rules.cli.main", *command)


def test_the_rule_has_six_lines_and_the_script_about_twenty(home: Path) -> None:
    lines = (home / "mine.ptt").read_text().splitlines()
    assert sum(bool(line) for line in lines) == 6
    assert len((home / "dpo_script.py").read_text().splitlines()) <= 22


def test_the_rule_is_right(home: Path) -> None:
    checked = ptt(home, "check", "mine.ptt")
    assert checked.returncode == 0, checked.stderr


def test_the_rule_stops_the_script(home: Path, trained: subprocess.CompletedProcess[str]) -> None:
    assert trained.returncode == 0, trained.stderr
    assert "mine.margin_runaway" in trained.stderr
    state = json.loads(next(home.glob("out/checkpoint-*/trainer_state.json")).read_text())
    assert 10 <= state["global_step"] < STEPS


@pytest.mark.parametrize("log", ["runs/*-dpo", "out/checkpoint-*/trainer_state.json"])
def test_a_replay_finds_the_same(
    home: Path, trained: subprocess.CompletedProcess[str], log: str
) -> None:
    (path,) = home.glob(log)
    replayed = ptt(home, "replay", str(path), "--pack", "./mine.ptt", "--json")
    assert replayed.returncode == 0, replayed.stderr
    fired = [json.loads(line) for line in replayed.stdout.splitlines()]
    fired = [line for line in fired if line["event"] == "fired"]
    state = json.loads(next(home.glob("out/checkpoint-*/trainer_state.json")).read_text())
    assert [line["detector"] for line in fired] == ["mine.margin_runaway"]
    assert fired[0]["step"] == state["global_step"]


TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text()


@pytest.mark.parametrize("name", ["mine.ptt", "dpo_script.py"])
def test_the_tutorial_shows_these_very_files(name: str) -> None:
    assert f"\n{(HERE / name).read_text()}```" in TUTORIAL


def test_the_tutorial_shows_a_mistake_as_it_is_told(home: Path) -> None:
    rule = (HERE / "mine.ptt").read_text().replace("margins[10]", "margns[10]")
    (home / "wrong").mkdir()
    (home / "wrong" / "mine.ptt").write_text(rule)
    told = ptt(home / "wrong", "check", "mine.ptt")
    assert told.returncode == 1
    assert told.stderr.partition("\n\n")[0] in TUTORIAL


def test_the_tutorial_replays_what_the_demo_leaves() -> None:
    assert "ptt replay runs/demo-dpo-nan --pack mine.ptt --policy guard" in TUTORIAL
    assert "runs/demo-dpo-nan/training/checkpoint-60/trainer_state.json" in TUTORIAL
