"""Real trainings that go well, of which ptt says little, and those that it cannot see."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ptt_rules import PttError, read_log, replay
from ptt_rules.cli.main import main
from ptt_rules.runs import read_run, rules_of
from ptt_runtime import DiagnosticsCallback

Capture = pytest.CaptureFixture[str]
EVALUATED = {"eval_strategy": "steps", "eval_steps": 50}
HEALTHY: dict[str, dict[str, Any]] = {
    "sft": {},
    "dpo": {"learning_rate": 1e-4, **EVALUATED},
    "grpo": {"learning_rate": 1e-5},
}


def lines_of(printed: str) -> list[str]:
    """What ptt printed, without what others did."""
    kept = re.sub(r"[^\n]*\r", "", printed).splitlines()
    return [line for line in kept if line.startswith(("ptt  ", "     ", "CRITICAL", "HIGH"))]


@pytest.mark.parametrize("algorithm", HEALTHY)
def test_a_healthy_run_prints_at_most_six_lines(
    train: Callable[..., Any], tmp_path: Path, capsys: Capture, algorithm: str
) -> None:
    callback = DiagnosticsCallback(run_dir=tmp_path / "run", fail_fast=True)
    train(algorithm, callback, steps=200, logging_steps=5, **HEALTHY[algorithm])
    printed = capsys.readouterr().err
    assert not re.search(r"[^\n\r]ptt  ", printed)
    lines = lines_of(printed)
    assert len(lines) <= 6, lines
    end = next(line for line in lines if "end at step 200: " in line)
    told = " ".join(" ".join(lines[lines.index(end) :]).split())
    said = re.search(r"(\d+) of (\d+) detectors could judge", told)
    reach = json.loads((tmp_path / "run" / "reach.json").read_text())
    assert said is not None
    assert (int(said[1]), int(said[2])) == (reach["judged"], reach["detectors"])
    # the start has counted what the end counts
    armed = json.loads((tmp_path / "run" / "run.json").read_text())["detectors"]
    assert armed["detectors"] == reach["detectors"]
    assert armed["logs"] == 40
    short = {one["detector"] for one in armed["short"]}
    warming = {o["detector"] for o in reach["unjudged"] if o["reason"] == "warming"}
    assert short
    assert short <= warming
    run = read_run(tmp_path / "run")
    judged = replay(rules_of(run), run.path)
    assert [one.to_json() for one in judged.unjudged] == reach["unjudged"]


@pytest.mark.parametrize(
    "options", [{"logging_strategy": "no"}, {"logging_steps": 500, "logging_strategy": "steps"}]
)
def test_a_run_without_logs_is_told_so_before_its_first_step(
    train: Callable[..., Any], tmp_path: Path, capsys: Capture, options: dict[str, Any]
) -> None:
    callback = DiagnosticsCallback(run_dir=tmp_path / "run", fail_fast=True)
    train("sft", callback, steps=4, **options)
    said = " ".join(capsys.readouterr().err.split())
    assert re.search(r"ptt 0 of \d+ detectors armed for SFTTrainer", said)
    assert "the run will write no logs that they could judge" in said
    assert main(["show", str(tmp_path / "run")]) == 0
    assert "detectors could judge" in capsys.readouterr().out


def test_a_short_run_that_logs_each_step_is_not_asked_to_log_more(
    train: Callable[..., Any], tmp_path: Path, capsys: Capture
) -> None:
    callback = DiagnosticsCallback(run_dir=tmp_path / "run", fail_fast=True)
    train("sft", callback, steps=8, logging_steps=1)
    printed = capsys.readouterr().err
    assert "logging_steps" not in printed
    assert "logging_too_sparse" not in printed
    assert "more than the 8 logs that the run will write" in " ".join(printed.split())


def test_what_could_judge_is_counted_over_a_resume(
    train: Callable[..., Any], tmp_path: Path
) -> None:
    run_dir, folder = tmp_path / "run", tmp_path / "out"
    saving = {"save_strategy": "steps", "save_steps": 4, "folder": folder}
    train("sft", DiagnosticsCallback(run_dir=run_dir, fail_fast=True), steps=6, **saving)
    again = DiagnosticsCallback(run_dir=run_dir, fail_fast=True)
    train("sft", again, steps=12, resume=str(folder / "checkpoint-4"), **saving)
    reach = json.loads((run_dir / "reach.json").read_text())
    assert reach["rows"] == read_log(run_dir).frame.height
    judged = replay(rules_of(read_run(run_dir)), run_dir)
    assert [one.to_json() for one in judged.unjudged] == reach["unjudged"]


@pytest.mark.parametrize("word", ["loud", "QUIET", "", 3, True])
def test_a_verbosity_that_is_none_is_refused_when_the_callback_is_made(word: Any) -> None:
    with pytest.raises(PttError, match="verbosity"):
        DiagnosticsCallback(verbosity=word)


@pytest.mark.parametrize(("word", "most"), [("quiet", 0), ("normal", 6), ("verbose", 60)])
def test_the_callback_says_as_much_as_it_is_asked_for(
    train: Callable[..., Any], tmp_path: Path, capsys: Capture, word: str, most: int
) -> None:
    callback = DiagnosticsCallback(run_dir=tmp_path / "run", verbosity=word, fail_fast=True)
    train("sft", callback, steps=3)
    count = len(lines_of(capsys.readouterr().err))
    assert count <= most
    assert (count > 6) is (word == "verbose")
