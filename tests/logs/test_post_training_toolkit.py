"""Run directories of post-training-toolkit: judged by their rows, and named for what they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ptt_rules import PttError, read_log
from ptt_rules.cli.main import main
from ptt_rules.logs import open_log
from ptt_rules.runs import read_run

ROWS: list[tuple[int, dict[str, float]]] = [
    (1, {"reward_mean": 0.0, "reward_std": 0.0, "dpo_loss": 0.693147, "reward_margin": 0.0}),
    (2, {"dpo_loss": 0.6, "reward_margin": 0.25, "win_rate": 0.75, "logps_chosen": -60.6}),
    (2, {"diff_severity": 1, "diff_refusal_delta": 0.1}),
    (3, {"dpo_loss_mean": 0.5, "dpo_loss_max": 0.9, "world_size": 2}),
]


def made(folder: Path, trainer: str = "dpo", **metadata: Any) -> Path:
    """A run directory as the toolkit leaves it, without its reports."""
    folder.mkdir(parents=True, exist_ok=True)
    header = {"type": "header", "schema_version": "1.0", "run_id": "a", "trainer_type": trainer}
    lines: list[dict[str, Any]] = [header]
    for second, (step, metrics) in enumerate(ROWS):
        moment = f"2026-01-01T00:00:{second:02}.500000+00:00"
        lines.append({"step": step, "timestamp": moment, "metrics": metrics})
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (folder / "metrics.jsonl").write_text(text)
    (folder / "run_metadata_start.json").write_text(json.dumps(metadata))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    arguments = {"beta": 0.1, "output_dir": "out"}
    return made(tmp_path / "diagnostic_run", config={"training_args": arguments})


@pytest.mark.parametrize("name", ["", "metrics.jsonl"], ids=["the folder", "its journal"])
def test_its_rows_have_the_keys_of_the_trainer(folder: Path, name: str) -> None:
    log = read_log(folder / name)
    frame = log.frame
    assert frame["step"].to_list() == [1, 2, 2, 3]
    assert frame["time"].to_list() == [0, 1, 2, 3]
    assert frame["loss"].to_list() == [0.693147, 0.6, None, 0.5]
    assert frame["rewards/margins"].to_list() == [0, 0.25, None, None]
    assert frame["rewards/accuracies"].to_list()[1] == 0.75
    assert frame["dpo_loss_max"].to_list()[3] == 0.9
    assert frame["reward_std"].to_list()[0] == 0.0
    assert log.context.config["beta"] == 0.1
    assert "post-training-toolkit for dpo" in log.notes[0]


def test_a_run_that_was_killed_is_read_up_to_there(folder: Path) -> None:
    journal = folder / "metrics.jsonl"
    journal.write_bytes(journal.read_bytes()[:-20])
    log = open_log(folder).read()
    assert (log.frame["step"].to_list(), log.torn) == ([1, 2, 2], 1)


@pytest.mark.parametrize("text", ["", "[]", '{"config": 3}', '{"config": {"training_args": []}}'])
def test_arguments_that_cannot_be_read_cost_no_row(folder: Path, text: str) -> None:
    (folder / "run_metadata_start.json").write_text(text)
    log = read_log(folder)
    assert log.frame.height == 4
    assert log.context.config == {}


def test_replay_judges_it_by_what_was_trained(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(folder)]) == 0
    told = capsys.readouterr()
    assert "judged as dpo" in told.err
    assert "4 rows to step 3" in told.out


@pytest.mark.parametrize("command", ["show", "checkpoints", "report", "postmortem"])
def test_who_asks_for_the_run_reads_what_it_is(
    folder: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, str(folder)]) == 2
    told = capsys.readouterr().err
    assert "this is a run directory of post-training-toolkit (dpo)" in told
    assert f"`ptt replay {folder} --pack dpo`" in told


def test_runs_lists_it_beside_the_others(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", str(folder.parent)]) == 0
    told = capsys.readouterr().out
    assert "diagnostic_run" in told
    assert "a run directory of post-training-toolkit" in told


def test_a_run_that_was_killed_before_its_first_row_is_one(tmp_path: Path) -> None:
    (tmp_path / "run_metadata_start.json").write_text("{}")
    with pytest.raises(PttError, match=r"PTT408.*post-training-toolkit \(unknown\)"):
        read_run(tmp_path)
