"""`pause`: runs that a policy holds, and what people ask of a run from another process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from transformers import TrainerCallback

from ptt_rules import load, replay
from ptt_rules.cli.main import main
from ptt_rules.runs import State, read_run, state_of
from ptt_runtime import DiagnosticsCallback
from tests.runtime.conftest import json_lines, unwrapped

pytestmark = pytest.mark.runtime

PAUSE = """
metric seen: norm = "grad_norm"
detector second {{ high when count(seen[all]) >= 2 keep 1000 }}
policy hold {{ on second {{ pause {span} }} }}
"""
PTT = [sys.executable, "-m", "ptt_rules.cli.main"]


@pytest.fixture
def pack(tmp_path: Path) -> Callable[[str], Path]:
    def write(span: str) -> Path:
        path = tmp_path / "rules.ptt"
        path.write_text(PAUSE.format(span=span))
        return path

    return write


def wait_until_paused(run_dir: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        beat = run_dir / "heartbeat.json"
        if beat.is_file() and json.loads(beat.read_text())["pulse"] == "paused":
            return
        time.sleep(0.1)
    raise AssertionError("the run was never paused")


def notes(run_dir: Path, word: str) -> list[dict[str, Any]]:
    return [line for line in json_lines(run_dir / "events.jsonl") if line["event"] == word]


def resume_from_another_process(run_dir: Path, said: list[str]) -> None:
    wait_until_paused(run_dir)
    done = subprocess.run([*PTT, "resume", str(run_dir)], capture_output=True, text=True)
    said.append(done.stdout + done.stderr)


@pytest.mark.parametrize("algorithm", ["sft", "grpo"])
def test_a_paused_run_goes_on_when_another_process_says_so(
    algorithm: str,
    pack: Callable[[str], Path],
    train: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ptt_rules.observing.actions.pause.POLL_S", 0.05)
    run_dir, said = tmp_path / "run", list[str]()
    callback = DiagnosticsCallback(
        run_dir=run_dir, packs=[pack("12 h")], only=True, policy="hold", fail_fast=True
    )
    helper = threading.Thread(target=resume_from_another_process, args=(run_dir, said))
    helper.start()
    trainer = train(algorithm, callback, steps=3)
    helper.join()
    assert trainer.state.global_step == 3
    assert said == [f"{run_dir} goes on at step 2\n"]
    (paused,) = notes(run_dir, "paused")
    assert (paused["step"], paused["seconds"]) == (2, 43200)
    (went_on,) = notes(run_dir, "went_on")
    assert (went_on["step"], went_on["because"]) == (2, "ptt resume")
    beat = json.loads((run_dir / "heartbeat.json").read_text())
    assert (beat["pulse"], beat["step"]) == ("ended", 3)


def test_a_pause_ends_when_its_time_is_up(
    pack: Callable[[str], Path], train: Callable[..., Any], tmp_path: Path
) -> None:
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[pack("1 s")], only=True, policy="hold", fail_fast=True
    )
    assert train("dpo", callback, steps=3).state.global_step == 3
    (went_on,) = notes(tmp_path / "run", "went_on")
    assert went_on["because"] == "its time is up"
    assert 1 <= went_on["held_s"] < 5


HELD = """
import os, signal, sys
from pathlib import Path
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo.trainers import make_trainer

signal.signal(signal.SIGINT, signal.default_int_handler)  # jobs in the background ignore it
out, rank = Path(sys.argv[1]), os.environ.get("RANK", "0")
callback = DiagnosticsCallback(run_dir=out / "run", packs=[sys.argv[2]], only=True, policy="hold")
options = {"ddp_backend": "gloo"} if "RANK" in os.environ else {}
trainer = make_trainer("sft", out / f"training-{rank}", steps=4, callbacks=[callback], **options)
trainer.train()
(out / f"ended-{rank}").write_text(str(trainer.state.global_step))
"""


def started(folder: Path, rules: Path, *launcher: str) -> subprocess.Popen[str]:
    script = folder / "train.py"
    script.write_text(HELD)
    return subprocess.Popen(
        [sys.executable, *launcher, str(script), str(folder), str(rules)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def test_ctrl_c_ends_a_run_that_is_held(pack: Callable[[str], Path], tmp_path: Path) -> None:
    process = started(tmp_path, pack("12 h"))
    wait_until_paused(tmp_path / "run")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in errors
    assert not (tmp_path / "ended-0").exists()
    assert state_of(read_run(tmp_path / "run")).state is State.FAILED


def test_two_ranks_are_held_and_go_on_together(pack: Callable[[str], Path], tmp_path: Path) -> None:
    launcher = ["-m", "torch.distributed.run", "--nproc_per_node=2", "--standalone"]
    process = started(tmp_path, pack("12 h"), *launcher)
    wait_until_paused(tmp_path / "run")
    time.sleep(2)  # several polls of both ranks
    assert main(["resume", str(tmp_path / "run")]) == 0
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors[-3000:]
    assert [(tmp_path / f"ended-{rank}").read_text() for rank in "01"] == ["4", "4"]
    (went_on,) = notes(tmp_path / "run", "went_on")
    assert went_on["held_s"] >= 2


# ---- acknowledgements ----------------------------------------------------------------------

NOISY = """
metric seen: norm = "grad_norm"
detector noisy { high when seen > 0 again every 1 message "noise at {step}" }
detector other { medium when seen > 0 again every 1 message "other at {step}" }
policy p { on noisy every 1 steps { checkpoint } }
"""


class _Commands(TrainerCallback):
    """Gives the commands of a person at the end of a step."""

    def __init__(self, **commands: list[str]) -> None:
        self.commands = commands
        self.codes: list[int] = []

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        command = self.commands.get(f"step_{state.global_step}")
        if command is not None:
            self.codes.append(main(command))


def test_an_acknowledged_detector_is_recorded_and_acted_on_and_not_told(
    train: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_dir, rules = tmp_path / "run", tmp_path / "noise.ptt"
    rules.write_text(NOISY)
    person = _Commands(
        step_2=["ack", str(run_dir), "noisy", "--for", "2", "steps"],
        step_5=["ack", str(run_dir), "noise.noisy"],
        step_6=["ack", str(run_dir), "noisy", "--undo"],
        step_7=["ack", str(run_dir), "nosy"],
    )
    callback = DiagnosticsCallback(
        run_dir=run_dir, packs=[rules], only=True, policy="p", fail_fast=True
    )
    train("sft", callback, steps=7, callbacks=[person])
    printed = unwrapped(capsys.readouterr().err)
    assert person.codes == [0, 0, 0, 2]
    assert "the run has no detector `nosy`" in printed
    assert "did you mean `noisy`?" in printed
    told = [step for step in range(1, 8) if f"noise at {step}" in printed]
    assert told == [1, 4, 6, 7]  # quiet at 2 and 3, and at 5
    assert all(f"other at {step}" in printed for step in range(1, 8))
    lines = json_lines(run_dir / "events.jsonl")
    recorded = [line["step"] for line in lines if line.get("detector") == "noise.noisy"
                and line["event"] in ("fired", "again")]  # fmt: skip
    assert recorded == list(range(1, 8))
    asked = [(line["command"], line["step"]) for line in lines if line["event"] == "asked"]
    assert asked == [("ack", 2), ("ack", 5), ("unack", 6)]
    judged = replay(load(rules, policy="p"), run_dir)
    assert [one.step for one in judged.actions] == list(range(1, 8))


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["resume"], "this run takes no commands: it is finished"),
        (["ack", "noisy"], "this run takes no commands: it is finished"),
    ],
)
def test_a_run_that_is_over_takes_no_commands(
    command: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run.json").write_text("{}")
    (tmp_path / "metrics.jsonl").write_text('{"step": 4, "train_runtime": 1}\n')
    beat = {"pulse": "ended", "step": 4, "time": 1.0, "host": "h", "process": 1}
    (tmp_path / "heartbeat.json").write_text(json.dumps(beat))
    name, *rest = command
    assert main([name, str(tmp_path), *rest]) == 2
    assert told in unwrapped(capsys.readouterr().err)
