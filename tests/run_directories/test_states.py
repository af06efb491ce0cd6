"""What became of a run, from whatever its directory shows."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ptt_rules.runs import Heartbeat, Pulse, State, read_run, state_of
from ptt_rules.runs.heartbeat import _began
from ptt_rules.runs.state import duration
from tests.run_directories.made import Life, pack_of, rows_of

NOW = 2_000_000_000.0


def test_a_number_that_was_given_to_another_process_is_no_life() -> None:
    ours = Heartbeat.now(Pulse.RUNNING, 5)
    assert ours.process_is_gone is False
    assert Heartbeat.from_json(json.loads(json.dumps(ours.to_json()))) == ours
    if ours.began is not None:
        assert replace(ours, began=ours.began - 1).process_is_gone is True


def test_a_process_that_ended_and_was_not_cleared_away_is_gone() -> None:
    """As one that its launcher does not wait for yet."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    began = _began(child.pid)
    beat = Heartbeat(Pulse.RUNNING, 5, NOW, socket.gethostname(), child.pid, began=began)
    if began is not None:
        assert beat.process_is_gone is False
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert beat.process_is_gone is True
    child.communicate()
    assert beat.process_is_gone is True


def beat(folder: Path, **changes: Any) -> None:
    told = Heartbeat(Pulse.RUNNING, 5, NOW - 3, socket.gethostname(), os.getpid()).to_json()
    (folder / "heartbeat.json").write_text(json.dumps({**told, **changes}))


@pytest.fixture
def open_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run that nobody closed, written just now."""
    monkeypatch.chdir(tmp_path)
    Life(pack_of(tmp_path), tmp_path / "run").train(rows_of(5))
    for path in (tmp_path / "run").iterdir():
        os.utime(path, (NOW - 20, NOW - 20))
    return tmp_path / "run"


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({}, State.RUNNING, "heartbeat 3 s ago"),
        ({"time": NOW - 7200}, State.HUNG, "heartbeat 2 h ago"),  # its process lives
        ({"process": 2**22 + 5}, State.DEAD, "process 4194309 is gone"),
        ({"host": "other"}, State.RUNNING, "on other"),
        ({"host": "other", "time": NOW - 7200}, State.DEAD, "no heartbeat from other for 2 h"),
        ({"pulse": "paused", "until": NOW + 90}, State.PAUSED, "holds it for 1 min 30 s more"),
        ({"pulse": "paused"}, State.PAUSED, "a policy holds it; "),
        ({"pulse": "ended"}, State.FAILED, "its script ended at step 5 of 200"),
    ],
)
def test_the_heartbeat_tells(
    changes: dict[str, Any], state: State, words: str, open_run: Path
) -> None:
    beat(open_run, **changes)
    became = state_of(read_run(open_run), NOW)
    assert became.state is state
    assert words in became.reason


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pulse": "asleep"}'])
@pytest.mark.parametrize(("silent", "state"), [(20, State.RUNNING), (3600, State.DEAD)])
def test_without_a_heartbeat_silence_tells(
    text: str, silent: float, state: State, open_run: Path
) -> None:
    (open_run / "heartbeat.json").write_text(text)
    for path in open_run.iterdir():
        os.utime(path, (NOW - silent, NOW - silent))
    assert state_of(read_run(open_run), NOW).state is state


def test_a_run_that_was_closed_without_a_heartbeat_is_known_by_its_table(tmp_path: Path) -> None:
    life = Life(pack_of(tmp_path), tmp_path / "run", max_steps=5).train(rows_of(5))
    life.close()
    (tmp_path / "run" / "heartbeat.json").unlink()
    assert state_of(read_run(tmp_path / "run"), NOW).state is State.FINISHED
    (tmp_path / "run" / "metrics.jsonl").unlink()
    run = read_run(tmp_path / "run")
    assert state_of(run, NOW).state is State.FINISHED
    assert (run.last_step, run.newest_rows(2)[-1]["step"]) == (5, 5)


def test_a_run_that_ended_early_by_itself_is_finished(tmp_path: Path) -> None:
    life = Life(pack_of(tmp_path), tmp_path / "run").train(rows_of(5))
    life.log({"step": 5, "time": 9.0, "train_runtime": 9.0})
    life.close()
    assert state_of(read_run(tmp_path / "run"), NOW).state is State.FINISHED


def test_a_policy_that_stopped_a_run_and_left_it_usable(tmp_path: Path) -> None:
    pack = pack_of(tmp_path)
    rules = (tmp_path / "lab.ptt").read_text().replace("checkpoint  invalidate  stop", "stop")
    (tmp_path / "lab.ptt").write_text(rules)
    pack = pack_of(tmp_path)
    Life(pack, tmp_path / "run").train(rows_of(40, {10: {"grad_norm": 0.0}})).close()
    became = state_of(read_run(tmp_path / "run"), NOW)
    assert (became.state, became.reason) == (
        State.STOPPED,
        "policy guard ended it at step 11 of 200",
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.25, "0.2 s"), (2, "2 s"), (59.6, "1 min"), (61, "1 min 1 s"), (1234, "20 min"),
        (3600, "1 h"), (3661, "1 h 1 min"), (90000, "1 d 1 h"), (86400, "1 d"),
    ],
)  # fmt: skip
def test_a_time_in_words(seconds: float, text: str) -> None:
    assert duration(seconds) == text
