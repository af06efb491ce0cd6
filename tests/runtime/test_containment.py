"""What fails inside ptt is told once, recorded and contained: training goes on."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from transformers import TrainerCallback

from ptt_rules import PttError, load, loads, read_log, replay
from ptt_rules.evaluation import EventKind, Reason
from ptt_rules.language.functions import STATISTICS, Ordered
from ptt_rules.observing import files
from ptt_rules.runs import reach_of_run, read_run
from ptt_rules.runs.story import story_of
from ptt_runtime import DiagnosticsCallback
from tests.runtime.conftest import json_lines, unwrapped

pytestmark = pytest.mark.runtime


def _bug(*_: object, **__: object) -> None:
    raise RuntimeError("a bug of ours")


def test_a_bad_pack_is_told_before_the_training_starts(tmp_path: Path) -> None:
    bad = tmp_path / "bad.ptt"
    bad.write_text("detector a { high when nothing > 3 }")
    with pytest.raises(PttError, match="PTT101"):
        DiagnosticsCallback(packs=[bad], only=True)


@pytest.mark.parametrize(
    "options", [{"policy": "no_such"}, {"policy": "observe", "stop_on_critical": True}]
)
def test_a_policy_that_cannot_be_is_told_before_the_training_starts(
    options: dict[str, Any],
) -> None:
    with pytest.raises(PttError, match="PTT304"):
        DiagnosticsCallback(**options)


def test_a_rule_that_raises_is_off_and_the_others_stop_the_run(
    train: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    mine = tmp_path / "mine.ptt"
    mine.write_text(
        'metric loss: loss = "loss"\nmetric gradient: norm = "grad_norm"\n'
        "detector bad { high when median(loss[2]) > 0 }\n"
        "detector good { critical when count(gradient[all]) >= 4 }\n"
        "policy mine { on good { set learning_rate = median(loss[2]) stop } }\n"
    )

    def fail(*_: object) -> float:
        raise ArithmeticError("a median that cannot be")

    broken = dataclasses.replace(STATISTICS["median"], computation=Ordered(fail))
    monkeypatch.setitem(STATISTICS, "median", broken)
    callback = DiagnosticsCallback(run_dir=tmp_path / "run", packs=[mine], only=True, policy="mine")
    assert train("sft", callback, steps=6).state.global_step == 4
    lines = json_lines(tmp_path / "run" / "events.jsonl")
    broken = [line for line in lines if line["event"] == "broken"]
    assert [line["detector"] for line in broken] == ["mine.bad"]
    assert "a median that cannot be" in broken[0]["message"]
    printed = unwrapped(capsys.readouterr().err)
    assert printed.count("The rule failed and is off: ArithmeticError: a median") == 1
    assert "off, as the rule failed: mine.bad" in printed
    (told,) = (line for line in story_of(read_run(tmp_path / "run")).wrong if "mine.bad" in line)
    assert told.startswith("mine.bad, at step 2: The rule failed and is off: ArithmeticError")
    story = story_of(read_run(tmp_path / "run"))
    assert any("sets learning_rate no more. At step 2 its formula" in line for line in story.wrong)
    judged = replay(load(mine, policy="mine", isolated=True), tmp_path / "run")
    assert [one.to_json() for one in judged.events] == [
        line for line in lines if line["event"] != "action"
    ]
    assert [one.to_json() for one in judged.actions] == [
        line for line in lines if line["event"] == "action"
    ]
    assert [(one.detector, one.reason, one.in_part, one.text) for one in judged.unjudged] == [
        ("mine.bad", Reason.BROKEN, False, "ArithmeticError: a median that cannot be")
    ]
    assert reach_of_run(read_run(tmp_path / "run")) == judged.reach
    assert "1 of 2 detectors could judge" in printed
    assert "off, as the formula failed: set learning_rate" in printed


@pytest.mark.parametrize(
    "value", [np.float64(3), np.float32(3), np.int64(3), torch.tensor(3.0, dtype=torch.bfloat16)]
)
def test_a_parameter_of_another_library_stops_the_run_as_the_plain_one_does(
    train: Callable[..., Any], tmp_path: Path, value: Any
) -> None:
    mine = tmp_path / "mine.ptt"
    mine.write_text(
        'metric gradient: norm = "grad_norm"\nparam most = 9 in 1..9\n'
        "detector good { critical when count(gradient[all]) >= most }\n"
    )
    run_dir = tmp_path / "run"
    callback = DiagnosticsCallback(
        run_dir=run_dir, packs=[mine], policy="guard", params={"most": value}
    )
    assert train("sft", callback, steps=6).state.global_step == 3
    assert json.loads((run_dir / "run.json").read_text())["parameters"]["mine.most"] == 3.0


def test_broken_is_told_once_in_a_live_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> float:
        raise ArithmeticError("no")

    broken = dataclasses.replace(STATISTICS["median"], computation=Ordered(fail))
    monkeypatch.setitem(STATISTICS, "median", broken)
    pack = loads('metric a: none = "a"\ndetector x { high when median(a[1]) > 0 }')
    engine = pack.engine()
    told = [event for step in range(5) for event in engine.observe({"step": step, "a": 1})]
    assert [event.event for event in told] == [EventKind.BROKEN]
    assert engine.statuses()["inline.x"].value == "broken"


def test_an_unwritable_run_directory_stops_nothing_but_the_writing(
    train: Callable[..., Any],
    rule: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("a file, where a folder is wanted")
    callback = DiagnosticsCallback(run_dir=blocked / "run", packs=[rule], only=True, policy="guard")
    assert train("sft", callback, steps=6).state.global_step == 3
    printed = unwrapped(capsys.readouterr().err)
    assert printed.count("metrics.jsonl cannot be written") == 1
    assert "CRITICAL third.third_row" in printed


def test_a_full_disk_is_told_once_and_what_waited_is_written_when_there_is_room(
    train: Callable[..., Any],
    rule: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    real_write = os.write
    written = 0

    def write(descriptor: int, data: bytes) -> int:
        nonlocal written
        written += 1
        if 2 < written < 6:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real_write(descriptor, data)

    monkeypatch.setattr(files.os, "write", write)
    callback = DiagnosticsCallback(run_dir=tmp_path / "run", packs=[rule], only=True)
    train("sft", callback, steps=6)
    printed = unwrapped(capsys.readouterr().err)
    assert printed.count("metrics.jsonl cannot be written") == 1
    lines = json_lines(tmp_path / "run" / "events.jsonl")
    assert [line["code"] for line in lines if line["event"] == "fault"] == ["PTT504"]
    steps = read_log(tmp_path / "run").frame["step"].to_list()
    assert steps[:6] == [1, 2, 3, 4, 5, 6]


class _LogsOddThings(TrainerCallback):
    """Adds what is not a number to the logs, as trackers and custom trainers do."""

    def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        kwargs["logs"]["note"] = "fine so far"
        kwargs["logs"]["nested"] = {"a": 1}
        kwargs["logs"]["text_number"] = "2.5"


def test_strings_and_nested_dicts_are_left_out_and_told_once(
    train: Callable[..., Any],
    rule: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    callback = DiagnosticsCallback(run_dir=tmp_path / "run", packs=[rule], only=True)
    train("sft", callback, steps=4, callbacks=[_LogsOddThings()])
    printed = unwrapped(capsys.readouterr().err)
    assert printed.count("`note` is left out") == 1
    assert printed.count("`nested` is left out") == 1
    lines = json_lines(tmp_path / "run" / "events.jsonl")
    assert [line["code"] for line in lines if line["event"] == "fault"] == ["PTT505"] * 2
    frame = pl.read_parquet(tmp_path / "run" / "metrics.parquet")
    assert frame["text_number"].to_list()[0] == 2.5
    assert "note" not in frame.columns


def test_an_exception_in_the_engine_is_contained(
    train: Callable[..., Any],
    rule: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("ptt_rules.evaluation.engine.Engine.observe", _bug)
    callback = DiagnosticsCallback(run_dir=tmp_path / "run", packs=[rule], only=True)
    assert train("sft", callback, steps=3).state.global_step == 3
    assert unwrapped(capsys.readouterr().err).count("a bug of ours") == 1
    faults = json_lines(tmp_path / "run" / "events.jsonl")
    assert [line["code"] for line in faults] == ["PTT502"]


def test_with_fail_fast_a_fault_ends_the_training(
    train: Callable[..., Any], rule: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ptt_rules.evaluation.engine.Engine.observe", _bug)
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[rule], only=True, fail_fast=True
    )
    with pytest.raises(RuntimeError, match="a bug of ours"):
        train("sft", callback, steps=3)


def test_a_start_that_fails_leaves_the_training_alone(
    train: Callable[..., Any],
    rule: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("ptt_runtime.callback.algorithm_of", _bug)
    callback = DiagnosticsCallback(packs=rule, only=True, policy="guard")
    assert train("sft", callback, steps=4).state.global_step == 4
    assert "off for this run: RuntimeError: a bug of ours" in unwrapped(capsys.readouterr().err)


def test_a_run_that_cannot_be_described_is_judged_all_the_same(
    train: Callable[..., Any],
    rule: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("ptt_runtime.options.provenance", _bug)
    callback = DiagnosticsCallback(run_dir=tmp_path / "run", packs=rule, only=True, policy="guard")
    assert train("sft", callback, steps=6).state.global_step == 3
    assert "run.json cannot be written: RuntimeError" in unwrapped(capsys.readouterr().err)


class _ClosedStream:
    """A stream whose reader is gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    def flush(self) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    def isatty(self) -> bool:
        return False


def test_where_nothing_can_be_printed_the_rules_go_on(
    train: Callable[..., Any], rule: Path, tmp_path: Path
) -> None:
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[rule], only=True, policy="guard"
    )
    callback._console._given = _ClosedStream()  # type: ignore[assignment]
    assert train("sft", callback, steps=6).state.global_step == 3
    assert json_lines(tmp_path / "run" / "events.jsonl")[0]["step"] == 3
