"""What `ptt replay` says of findings that were hidden, come and go, or have too many instances."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ptt_rules.cli.main import main

Capture = pytest.CaptureFixture[str]

RULES = """
metric a: none = "a"
metric b: none = "b"
metric part[name]: none = "part/{name}"
detector cause { low when b > 1  suppresses effect  message "b" }
detector effect { critical when a > 1  message "a"  why "the reason" }
detector of_part for each part { medium when part > 1  message "part" }
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.ptt").write_text(RULES)


def replayed(rows: list[dict[str, Any]], *options: str) -> int:
    Path("run.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return main(["replay", "run.jsonl", "--pack", "mine.ptt", *options])


def test_a_finding_that_its_cause_hid_is_told_with_its_reason_and_counts(capsys: Capture) -> None:
    rows = [{"step": step, "a": 2.0, "b": 2.0 if step < 5 else 0.0} for step in range(3, 9)]
    assert replayed(rows, "--fail-on", "critical") == 1
    out = capsys.readouterr().out
    assert "CRITICAL mine.effect  step 5 (still), since step 3" in out
    assert "why   the reason" in out
    assert "Found: 1 critical, 1 low" in out


def test_one_that_ended_before_is_not_told(capsys: Capture) -> None:
    rows = [{"step": 1, "a": 2.0, "b": 2.0}, {"step": 2, "a": 0.0, "b": 0.0}]
    assert replayed(rows, "--fail-on", "critical") == 0
    out = capsys.readouterr().out
    assert "effect  step" not in out
    assert "recorded and not reported (in shadow or suppressed): mine.effect 2" in out


def test_one_that_comes_and_goes_is_counted(capsys: Capture) -> None:
    rows = [{"step": step, "a": 2.0 * (step % 2)} for step in range(1, 401)]
    assert replayed(rows) == 0
    out = capsys.readouterr().out
    assert out.count("CRITICAL mine.effect") == 10
    assert out.count("resolved mine.effect") == 10
    assert out.count("mine.effect comes and goes: 10 reports of it in 10,000 rows") == 1
    assert "recorded and not reported, as they came too often: mine.effect 380" in out
    assert "Found: 200 critical" in out
    assert replayed(rows, "--most-reports", "2") == 0
    assert capsys.readouterr().out.count("CRITICAL mine.effect") == 2
    assert replayed(rows, "--json") == 0
    assert len(capsys.readouterr().out.splitlines()) == 401


def test_instances_beyond_the_thousandth_are_one_line(capsys: Capture) -> None:
    rows = [{"step": 1, **{f"part/{number:05}": 2.0 for number in range(1500)}}]
    assert replayed(rows) == 0
    out = capsys.readouterr().out
    assert out.count("has more than 1,000 instances: those from `part/01000` on") == 1
    assert "Found: 1000 medium" in out
    assert replayed(rows, "--json") == 0
    summary = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert summary["crowded"] == [{"keys": ["part/{name}"], "key": "part/01000", "row": 0}]
