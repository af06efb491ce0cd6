"""Nothing that is given to a command makes it wait for ever: pipes and devices are told of."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from ptt_rules.cli.main import main

Capture = pytest.CaptureFixture[str]
LONG_S = 60

ROWS = "".join(json.dumps({"step": step, "loss": 1.0}) + "\n" for step in range(1, 4))
RUN = {"run_id": "a", "training_arguments": {}, "packs": [], "output_dir": "out"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What waits is interrupted, so that it fails and does not hang."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise TimeoutError("it waits")

    monkeypatch.chdir(tmp_path)
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.alarm(LONG_S)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    ("command", "piped"),
    [
        (["replay", "p.jsonl", "--pack", "common"], "p.jsonl"),
        (["replay", "p.csv", "--pack", "common"], "p.csv"),
        (["replay", "p.parquet", "--pack", "common"], "p.parquet"),
        (["replay", "trainer_state.json", "--pack", "common"], "trainer_state.json"),
        (["replay", "events.out.tfevents.1", "--pack", "common"], "events.out.tfevents.1"),
        (["replay", "tb", "--pack", "common"], "tb/events.out.tfevents.1"),
        (["replay", "out", "--pack", "common"], "out/checkpoint-5/trainer_state.json"),
        (["replay", "run.jsonl", "--pack", "p.ptt"], "p.ptt"),
        (["replay", "run.jsonl", "--pack", "p.whl"], "p.whl"),
        (["replay", "run.jsonl", "--pack", "lab"], "lab/rules.ptt"),
        (["replay", "run.jsonl", "--pack", "common", "--settings", "p.yaml"], "p.yaml"),
        (["why", "p.jsonl", "loss_frozen", "--pack", "common"], "p.jsonl"),
        (["fmt", "p.ptt"], "p.ptt"),
        (["fmt", "--check", "p.ptt"], "p.ptt"),
        (["check", "p.ptt"], "p.ptt"),
        (["check", "--fix", "p.ptt"], "p.ptt"),
        (["test", "p.ptt"], "p.ptt"),
        (["convert", "p.yaml"], "p.yaml"),
        (["convert", "p.txt"], "p.txt"),
        (["convert", "yamls"], "yamls/p.yaml"),
        (["docs", "p.ptt", "-o", "pages"], "p.ptt"),
        (["pack", "diff", "p.ptt", "common"], "p.ptt"),
    ],
)
def test_a_pipe_in_the_place_of_a_file_is_an_error(
    command: list[str], piped: str, capsys: Capture
) -> None:
    Path("run.jsonl").write_text(ROWS)
    Path(piped).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(piped)
    assert main(command) == 2
    assert "this is a pipe, not a regular file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "piped",
    ["events.jsonl", "heartbeat.json", "postmortem.json", "commands.jsonl", "metrics.jsonl",
     "run.json", "snapshots/step-5.json", "diffs/a.json", "ptt.lock"],
)  # fmt: skip
@pytest.mark.parametrize(
    "command",
    ["show", "checkpoints", "postmortem", "report", "watch --once", "diff", "ack x"],
)
def test_a_pipe_in_a_run_directory_holds_up_no_command(
    command: str, piped: str, capsys: Capture
) -> None:
    made = Path("run")
    whole = {"run.json": json.dumps(RUN), "metrics.jsonl": ROWS, "events.jsonl": ""}
    for name, text in whole.items():
        if name != piped:
            made.mkdir(exist_ok=True)
            (made / name).write_text(text)
    (made / piped).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(made / piped)
    word, *words = command.split()
    assert main([word, "run", *words]) in (0, 1, 2)
    assert "internal error" not in capsys.readouterr().err


@pytest.mark.parametrize("name", ["trainer_state.json", "model.safetensors", "optimizer.pt"])
def test_a_pipe_in_a_checkpoint_is_a_fault_of_it(name: str, capsys: Capture) -> None:
    Path("run").mkdir()
    Path("run/run.json").write_text(json.dumps(RUN))
    Path("run/metrics.jsonl").write_text(ROWS)
    Path("out/checkpoint-2").mkdir(parents=True)
    os.mkfifo(f"out/checkpoint-2/{name}")
    assert main(["checkpoints", "run"]) in (0, 1)
    assert "internal error" not in capsys.readouterr().err


def test_a_pipe_that_nobody_reads_is_not_written(capsys: Capture) -> None:
    Path("alerts.txt").write_text("dpo: margin < 0.1 for 20 steps -> high: Margin collapsed\n")
    os.mkfifo("out.ptt")
    assert main(["convert", "alerts.txt", "-o", "out.ptt", "--force"]) == 2
    assert "nobody reads this pipe" in capsys.readouterr().err


def test_standard_input_that_is_a_file_can_be_replayed() -> None:
    Path("run.jsonl").write_text(ROWS)
    replay = ["-m", "ptt_rules.cli.main", "replay", "/dev/stdin", "--pack", "common"]
    with Path("run.jsonl").open() as rows:
        done = subprocess.run(
            [sys.executable, *replay], stdin=rows, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
