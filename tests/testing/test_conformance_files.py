"""`ptt test` and the plugin of pytest take files of conformance cases."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from ptt_rules.cli.main import main

Capture = pytest.CaptureFixture[str]

PACK = "detector high_kl { high when `kl` > config.least } policy p { on high { stop } }"
FIRED = {
    "event": "fired", "detector": "high_kl", "instance": {}, "level": "high", "step": 2, "row": 1,
    "reported": True,
}  # fmt: skip
CASE = {
    "name": "it fires", "pack": PACK, "policy": "p", "config": {"least": 1}, "params": {},
    "rows": [{"step": 1, "kl": None}, {"step": 2, "kl": 3}],
    "events": [FIRED], "actions": [{"action": "stop", "step": 2, "row": 1}],
}  # fmt: skip
TOO_EARLY = {**CASE, "name": "too early", "events": [{**FIRED, "step": 1, "row": 0}]}
NO_ACTION = {**CASE, "name": "no action", "actions": []}
NO_PACK = {**CASE, "name": "no pack", "pack": "detector {"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(*cases: dict[str, Any]) -> None:
    Path("cases.jsonl").write_text("".join(json.dumps(case) + "\n\n" for case in cases))


def test_what_passes_is_counted(capsys: Capture) -> None:
    write(CASE)
    assert main(["test", "cases.jsonl"]) == 0
    assert capsys.readouterr().out == "cases: 1 passed\n"


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (TOO_EARLY, 'it should be `event="fired" detector="high_kl" instance={} level="high" ste'),
        (NO_ACTION, 'it should be nothing more, and is `action="stop" step=2 row=1`'),
    ],
)
def test_each_way_says_what_it_gives_instead(
    case: dict[str, Any], told: str, capsys: Capture
) -> None:
    write(CASE, case)
    assert main(["test", "cases.jsonl", "-k", str(case["name"])]) == 1
    out = capsys.readouterr().out
    assert out.endswith("cases: 1 failed\n")
    assert out.count(told) == out.count("--> cases.jsonl:3") == 3
    for way in ("all rows at once", "row by row", "saved and restored after each row"):
        assert f"error[PTT410]: {way}, it should be" in out


def test_a_pack_that_is_wrong_is_an_error_of_its_case(capsys: Capture) -> None:
    write(NO_PACK, CASE)
    assert main(["test", "cases.jsonl", "--junit", "out.xml"]) == 1
    assert "cases: 1 passed, 1 could not run" in capsys.readouterr().out
    bad, good = ElementTree.parse("out.xml").getroot()[0]
    assert [bad[0].tag, len(good)] == ["error", 0]


@pytest.mark.parametrize("text", ['{"step": 1, "kl": 2}\n', "no JSON\n", "[]\n"])
def test_a_file_of_something_else_is_told_with_its_line(text: str, capsys: Capture) -> None:
    write(CASE)
    with Path("cases.jsonl").open("a") as file:
        file.write(text)
    assert main(["test", "cases.jsonl"]) == 2
    err = capsys.readouterr().err
    assert "error[PTT411]" in err
    assert "--> cases.jsonl:3" in err


def test_pytest_takes_them_and_no_other_lines() -> None:
    write(CASE, TOO_EARLY)
    Path("log.jsonl").write_text('{"step": 1, "kl": 2}\n')
    Path("empty.jsonl").write_text("")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert "cases.jsonl::too early" in done.stdout
    assert "PTT410" in done.stdout
