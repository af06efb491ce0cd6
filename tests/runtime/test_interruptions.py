"""Runs that end badly, and runs that go on: kills, exceptions, resumes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from transformers import TrainerCallback

from ptt_rules import load, read_log, replay
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo import tiny
from tests.runtime.conftest import json_lines, unwrapped

pytestmark = pytest.mark.runtime

EVERY_THIRD = """
metric gradient: norm = "grad_norm"
detector odd {
  let n = count(gradient[all])
  high when n == 3 or n == 6 or n == 9 or n == 12
  low when mean(gradient[first 2]) > 0 and max(gradient[4]) > 0
  message "{n} rows"
}
"""


@pytest.fixture
def counting(tmp_path: Path) -> Path:
    path = tmp_path / "counting.ptt"
    path.write_text(EVERY_THIRD)
    return path


@pytest.mark.parametrize("same_directory", [True, False])
def test_a_resumed_run_tells_the_same_events_none_twice(
    same_directory: bool, counting: Path, train: Callable[..., Any], tmp_path: Path
) -> None:
    def callback(name: str) -> DiagnosticsCallback:
        return DiagnosticsCallback(
            run_dir=tmp_path / name, packs=[counting], only=True, fail_fast=True
        )

    def told(name: str) -> list[tuple[str, int, int]]:
        lines = json_lines(tmp_path / name / "events.jsonl")
        return [
            (line["event"], line["step"], line["row"])
            for line in lines
            if line["event"] not in ("resumed", "compared")
        ]

    options = {"save_strategy": "steps", "save_steps": 4}
    train("sft", callback("whole"), steps=12, folder=tmp_path / "whole-out", **options)
    train("sft", callback("part"), steps=4, folder=tmp_path / "part-out", **options)
    again = "part" if same_directory else "other"
    checkpoint = str(tmp_path / "part-out" / "checkpoint-4")
    train(
        "sft", callback(again), steps=12, folder=tmp_path / "part-out", resume=checkpoint, **options
    )
    whole = told("whole")
    # the first part ended with a closing row of its own, which an uninterrupted run lacks
    shifted = [(e, s, r + 1 if s > 4 else r) for e, s, r in whole]
    assert told(again) == shifted
    judged = replay(load(counting), tmp_path / again)
    assert [(e.event.value, e.step, e.row) for e in judged.events] == told(again)


def test_a_resume_without_state_judges_the_rows_of_its_run_anew(
    counting: Path, train: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = {"save_strategy": "steps", "save_steps": 2, "folder": tmp_path / "out"}
    train(
        "sft",
        DiagnosticsCallback(run_dir=tmp_path / "a", packs=[counting], only=True),
        steps=2,
        **options,
    )
    (tmp_path / "out" / "checkpoint-2" / "ptt_state.json").unlink()
    callback = DiagnosticsCallback(run_dir=tmp_path / "b", packs=[counting], only=True)
    checkpoint = str(tmp_path / "out" / "checkpoint-2")
    trainer = train("sft", callback, steps=4, resume=checkpoint, **options)
    assert trainer.state.global_step == 4
    assert "PTT503" not in unwrapped(capsys.readouterr().err)
    steps = [row["step"] for row in json_lines(tmp_path / "b" / "metrics.jsonl")]
    assert steps == [1, 2, 2, 3, 4, 4]  # a closing row at the end of each
    assert len(json_lines(tmp_path / "a" / "metrics.jsonl")) == 3


def test_an_exception_in_training_leaves_a_complete_frame(
    counting: Path, train: Callable[..., Any], tmp_path: Path
) -> None:
    def breaks(completions: list[str], trainer_state: Any, **columns: Any) -> list[float]:
        if trainer_state.global_step == 3:
            raise RuntimeError("the reward function broke")
        return tiny.vowels(completions)

    callback = DiagnosticsCallback(run_dir=tmp_path / "run", packs=[counting], only=True)
    with pytest.raises(RuntimeError, match="the reward function broke"):
        train("grpo", callback, steps=6, reward=breaks)
    assert read_log(tmp_path / "run").frame["step"].to_list() == [1, 2, 3]
    callback._finish()  # what the end of the process does
    assert pl.read_parquet(tmp_path / "run" / "metrics.parquet").height == 3


KILLED = """
import sys
from pathlib import Path
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo.trainers import make_trainer

out, pack = Path(sys.argv[1]), sys.argv[2]
callback = DiagnosticsCallback(run_dir=out / "run", packs=[pack], only=True)
make_trainer("sft", out / "training", steps=100_000, callbacks=[callback]).train()
"""


def test_a_killed_run_is_readable(counting: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path), str(counting)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    journal = tmp_path / "run" / "metrics.jsonl"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if journal.exists() and journal.read_text().count("\n") > 20:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    log = read_log(tmp_path / "run")
    assert log.frame.height > 20
    judged = replay(load(counting), tmp_path / "run")
    lines = json_lines(tmp_path / "run" / "events.jsonl")
    assert [line["step"] for line in lines] == [event.step for event in judged.events]
    assert json.loads((tmp_path / "run" / "run.json").read_text())["algorithm"] == "sft"


def test_rows_of_an_abandoned_branch_leave_the_journal(
    counting: Path, train: Callable[..., Any], tmp_path: Path
) -> None:
    """The resumed run logs step 5 again: no step falls, and yet the first 5 is of no branch."""
    options = {"save_strategy": "steps", "save_steps": 4, "folder": tmp_path / "out"}

    def callback() -> DiagnosticsCallback:
        return DiagnosticsCallback(
            run_dir=tmp_path / "run", packs=[counting], only=True, fail_fast=True
        )

    train("sft", callback(), steps=5, **options)
    train("sft", callback(), steps=8, resume=str(tmp_path / "out" / "checkpoint-4"), **options)
    steps = [line["step"] for line in _journal(tmp_path / "run" / "metrics.jsonl")]
    assert steps == [1, 2, 3, 4, 5, 6, 7, 8, 8]  # the closing row is at the last step too
    abandoned = _journal(tmp_path / "run" / "abandoned.jsonl")
    assert [line["step"] for line in abandoned] == [5, 5]
    judged = replay(load(counting), tmp_path / "run")
    told = [
        (line["event"], line["step"], line["row"])
        for line in json_lines(tmp_path / "run" / "events.jsonl")
        if line["event"] not in ("resumed", "compared")
    ]
    assert [(e.event.value, e.step, e.row) for e in judged.events] == told


def _journal(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


class _LogsItsOwnStep(TrainerCallback):
    """A trainer that logs a step of its own, counted in another way."""

    def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        kwargs["logs"]["step"] = 10 * state.global_step


def test_the_step_of_a_row_is_the_trainers_global_step(
    counting: Path, train: Callable[..., Any], tmp_path: Path
) -> None:
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[counting], only=True, fail_fast=True
    )
    train("sft", callback, steps=3, callbacks=[_LogsItsOwnStep()])
    assert read_log(tmp_path / "run").frame["step"].to_list() == [1, 2, 3, 3]
