"""Without `--pack`, a run directory is judged by the packs that judged the run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ptt_rules.cli.main import main
from tests.run_directories.made import Life, pack_of, rows_of

FAULT = {20: {"entropy": 0.05}, 30: {"grad_norm": 0.0}}


@pytest.fixture(autouse=True)
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run that its policy ended, in a folder without settings."""
    monkeypatch.chdir(tmp_path)
    life = Life(pack_of(tmp_path), Path("run"))
    life.train(rows_of(60, FAULT)).close()
    return tmp_path / "run"


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_it_tells_and_decides_what_the_run_did(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    *events, summary = told(capsys, "replay", "run")
    assert events == recorded
    assert [line["action"] for line in events if line["event"] == "action"]
    assert summary["steps"] < 60


def test_what_options_say_goes_before_what_the_run_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    *events, _ = told(capsys, "replay", "run", "--policy", "observe")
    assert events
    assert all(line["event"] != "action" for line in events)
    Path("other.ptt").write_text('metric kl: nats = "kl" detector other { low when kl > 9 }')
    *events, _ = told(capsys, "replay", "run", "--pack", "other.ptt")
    assert events == []
    Path("ptt.yaml").write_text("packs: [./other.ptt]\n")
    *events, _ = told(capsys, "replay", "run")
    assert events == []
    *events, _ = told(capsys, "replay", "run", "--isolated")
    assert events


def test_why_takes_them_too(capsys: pytest.CaptureFixture[str]) -> None:
    (explained,) = told(capsys, "why", "run", "entropy_low")
    assert explained["detector"] == "lab.entropy_low"


@pytest.mark.parametrize("command", [["replay", "run"], ["why", "run", "entropy_low"]])
def test_rules_that_were_changed_since_are_not_taken_for_those_of_the_run(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    rules = Path("lab.ptt")
    rules.write_text(rules.read_text().replace("< 0.2", "< 0.1"))
    assert main(command) == 2
    error = capsys.readouterr().err
    assert "PTT408" in error
    assert "the rules of lab are not those that judged the run" in error
    assert "--pack" in error


def test_a_log_that_is_no_run_directory_has_no_packs_of_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["replay", "run/metrics.jsonl"]) == 2
    assert "PTT301" in capsys.readouterr().err
