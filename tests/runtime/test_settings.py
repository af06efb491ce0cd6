"""The callback with settings of the place that it runs in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ptt_rules import PttError
from ptt_runtime import DiagnosticsCallback


def test_settings_choose_packs_and_policy_and_are_in_the_provenance(
    rule: Path, tmp_path: Path, train: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ptt.yaml").write_text("packs: [./third.ptt]\nonly: true\npolicy: observe\n")
    (tmp_path / "run.yaml").write_text("disable: {third_update: Of one trainer.}\npolicy: guard\n")
    callback = DiagnosticsCallback(run_dir="run", settings="run.yaml", fail_fast=True)
    trainer = train("sft", callback, steps=6)
    assert trainer.state.global_step == 3
    told = json.loads((tmp_path / "run" / "run.json").read_text())
    assert [(one["file"], one["layer"]) for one in told["settings"]] == [
        ("ptt.yaml", "project"),
        ("run.yaml", "given"),
    ]
    assert [pack["name"] for pack in told["packs"]] == ["third"]
    assert told["policy"] == "guard"
    assert told["disabled"] == {"third.third_update": "Of one trainer."}


def test_settings_that_are_wrong_are_told_before_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ptt.yaml").write_text("polcy: guard\n")
    with pytest.raises(PttError, match=r"ptt.yaml:1:1: PTT340 .*did you mean `policy`"):
        DiagnosticsCallback()
