"""Ends that are no failure of the training: a signal that a checkpoint answers, and a retry."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ptt_rules.cli.main import main
from ptt_rules.runs import State, read_run, state_of
from ptt_rules.runs.story import story_of
from ptt_rules.runs.watching import Condition, Watch

pytestmark = pytest.mark.runtime

SCRIPT = """
import os, signal, sys, threading
from pathlib import Path
from transformers import TrainerCallback
from transformers.trainer_jit_checkpoint import CheckpointManager
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo.trainers import make_trainer

out, how = Path(sys.argv[1]), sys.argv[2]
CheckpointManager._sigterm_handler = lambda self, *_: self._enable_checkpoint()  # without its wait

class Acts(TrainerCallback):
    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == 6 and how in ("jit", "own"):
            os.kill(os.getpid(), signal.SIGTERM)
        if how == "memory" and state.global_step == 3 and state.train_batch_size == 8:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate")

class Own(TrainerCallback):
    heard = False
    def on_step_end(self, args, state, control, **kwargs):
        control.should_save = control.should_training_stop = Own.heard or control.should_save

callbacks = [Acts(), DiagnosticsCallback(run_dir=out / "run")]
options = dict(save_strategy="steps", save_steps=4)
if how == "jit":
    options["enable_jit_checkpoint"] = True
if how == "own":
    signal.signal(signal.SIGTERM, lambda *_: setattr(Own, "heard", True))
    callbacks.append(Own())
    options["save_strategy"] = "no"
if how == "memory":
    options |= {"auto_find_batch_size": True, "per_device_train_batch_size": 8}
trainer = make_trainer("sft", out / "training", steps=20, callbacks=callbacks, **options)
trainer.train(resume_from_checkpoint=sys.argv[3] if len(sys.argv) > 3 else None)
"""


def train(out: Path, how: str, *checkpoint: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(out), how, *checkpoint],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


@pytest.mark.parametrize("how", ["jit", "own"])
def test_a_checkpoint_on_sigterm_is_a_preemption(
    how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = train(tmp_path, how)
    run = read_run(tmp_path / "run", output_dir=tmp_path / "training")
    state = state_of(run)
    step = run.last_step
    assert 6 <= step < 20
    assert state.state is State.PREEMPTED
    saved = run.checkpoints[-1].step
    assert saved in (step - 1, step)  # a signal within a step is answered when the next one begins
    told = f"asked to end (SIGTERM) at step {step} of 20; go on from checkpoint-{saved}"
    assert state.reason == told
    assert f"run preempted at step {step}: SIGTERM" in printed
    story = story_of(run)
    assert story.wrong[0] == f"It was preempted: {told}."
    lost = "Nothing: all that was trained is in a checkpoint."
    assert (story.lost == (lost,)) is (saved == step)
    assert story.todo[-1].startswith(f"Go on from step {saved}: `trainer.train(resume_from_")
    assert main(["runs", str(tmp_path)]) == 0
    assert " preempted " in capsys.readouterr().out
    assert main(["postmortem", str(tmp_path / "run")]) == 0
    assert f"Go on from step {saved}" in " ".join(capsys.readouterr().out.split())
    assert Watch(tmp_path / "run").look().condition is Condition.PREEMPTED


def test_a_preempted_run_goes_on_as_one(tmp_path: Path) -> None:
    train(tmp_path, "jit")
    step = read_run(tmp_path / "run").checkpoints[-1].step
    train(tmp_path, "on", str(tmp_path / "training" / f"checkpoint-{step}"))
    run = read_run(tmp_path / "run")
    assert state_of(run).state is State.FINISHED
    assert (run.last_step, run.records.resumes) == (20, 1)
    rows = map(json.loads, (tmp_path / "run" / "metrics.jsonl").read_text().splitlines())
    assert [row["step"] for row in rows if "loss" in row] == [*range(1, 21)]


def test_a_retry_in_smaller_batches_is_one_run(tmp_path: Path) -> None:
    train(tmp_path, "memory")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["run", "training"]
    run = read_run(tmp_path / "run")
    assert state_of(run).state is State.FINISHED
    retry = next(note for note in run.records.notes if note["event"] == "retried")
    assert retry["next_batch_size"] < retry["batch_size"]
    assert any(line.startswith("It ran out of memory after step 2") for line in story_of(run).wrong)
    rows = map(json.loads, (tmp_path / "run" / "metrics.jsonl").read_text().splitlines())
    assert [row["step"] for row in rows if "loss" in row] == [*range(1, 21)]
    assert not (tmp_path / "run" / "postmortem.json").exists()
