"""A run that is killed with SIGKILL, at 200 random moments: what it leaves is always read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from ptt_rules import PttError
from ptt_rules.cli.main import main
from ptt_rules.report.run_texts import story_text
from ptt_rules.runs import Run, State, read_run, state_of
from ptt_rules.runs.dead import postmortem_of
from ptt_rules.runs.story import run_json, story_of
from tests.house.sources import ROOT

KILLS = 200


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lives")
    command = [sys.executable, "-m", "tests.run_directories.killed", str(folder), str(KILLS)]
    environment = {**os.environ, "POLARS_MAX_THREADS": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_whatever_the_moment_the_directory_is_read_and_told(lives: Path) -> None:
    whole = read_run(lives / "whole" / "run")
    states: Counter[str] = Counter()
    steps = set()
    for number in range(KILLS):
        folder = lives / f"{number:03}" / "run"
        if not any(folder.glob("*")) and not any(folder.glob(".*")):
            states["nothing yet"] += 1
            with pytest.raises(PttError, match=r"PTT40[28]"):
                read_run(folder)
            continue
        run = read_run(folder)
        state = state_of(run)
        states[state.state.value] += 1
        steps.add((run.last_step, len(run.records.events), bool(run.records.abandoned)))
        _check(run, whole)
        story = story_of(run, state)
        assert story.todo
        assert story_text(run, state, story)
        assert run_json(run, state, story)["step"] == run.last_step
    # moments of all kinds, or it would show nothing
    assert len(steps) >= 15
    assert states[State.DEAD.value] >= KILLS // 4, states
    assert states["nothing yet"] <= KILLS // 2, states


def _check(run: Run, whole: Run) -> None:
    """Rows and events are the first ones of the branch that they are of, and no others."""
    steps = run.log.frame["step"].to_list()
    assert steps == list(range(1, len(steps) + 1))
    has_resumed = run.records.resumes > 0
    told = [event.to_json() for event in run.records.events]
    if has_resumed:
        assert told == [event.to_json() for event in whole.records.events][: len(told)]
        assert run.postmortem is None
    else:
        before = [line.to_json() for line in whole.records.abandoned]
        assert told == [line for line in before if line["event"] != "action"][: len(told)]
    if run.postmortem is not None:
        assert run.postmortem["last_good_step"] == 24
    good = [one.step for one in run.checkpoints if one.is_whole]
    assert good in ([], [20])


def test_a_killed_run_gets_a_postmortem_from_the_command(
    lives: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = 0
    for number in range(KILLS):
        folder = lives / f"{number:03}" / "run"
        if not (folder / "metrics.jsonl").is_file() or (folder / "postmortem.json").exists():
            continue
        if state_of(read_run(folder)).state is State.DEAD:
            assert main(["show", str(folder)]) == 0
            assert main(["postmortem", str(folder)]) == 0
            assert postmortem_of(read_run(folder))["verdict"] == "dead"
            told += 1
        if told == 5:
            break
    assert told == 5
    assert "It was killed" in capsys.readouterr().out
