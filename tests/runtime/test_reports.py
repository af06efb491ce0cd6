"""What a run says of detectors that come and go, and of families without end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from transformers import TrainerCallback

from ptt_rules.cli.main import main
from ptt_runtime import DiagnosticsCallback

pytestmark = pytest.mark.runtime

Train = Callable[..., Any]
Capture = pytest.CaptureFixture[str]

RULES = """
metric wave: none = "wave"
metric part[name]: none = "part/{name}"
detector up { high when wave > 1  message "up" }
detector of_part for each part { low when part > 1  message "part" }
"""


class Waves(TrainerCallback):
    """Logs what goes up and down, and a family that grows."""

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        if "loss" in logs:
            logs["wave"] = 2.0 * (state.global_step % 2)
            logs |= {f"part/{state.global_step}_{number}": 0.0 for number in range(300)}


def test_a_run_says_each_of_them_once(train: Train, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "mine.ptt").write_text(RULES)
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run",
        packs=[tmp_path / "mine.ptt"],
        only=True,
        most_reports=2,
        fail_fast=True,
    )
    train("sft", callback, steps=8, callbacks=[Waves()])
    told = capsys.readouterr().err
    assert told.count("HIGH     mine.up") == 2
    assert told.count("mine.up comes and goes: 2 reports of it") == 1
    assert "recorded and not reported, as they came too often: mine.up 4" in told
    assert told.count("`part/{name}` has more than 1,000 instances") == 1
    lines = [json.loads(one) for one in (tmp_path / "run/events.jsonl").read_text().splitlines()]
    assert sum(line["event"] == "fired" for line in lines) == 4
    assert sum(line["event"] == "crowded" for line in lines) == 1
    assert main(["show", str(tmp_path / "run")]) == 0
    assert "has more than 1,000 instances" in capsys.readouterr().out
