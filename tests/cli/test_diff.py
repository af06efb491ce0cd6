"""`ptt diff`: two steps of a run, or two runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ptt_rules.cli.main import main
from ptt_rules.snapshots import Completion, FixedPrompt, Snapshot

NO, YES = "I can't help with that.", "Sure, so it is."


def write(run: Path, step: int, *answers: tuple[str, str, str], **settings: Any) -> None:
    """Writes a snapshot; answers are a prompt, its label and what is said to it."""
    said = [
        Completion(FixedPrompt(prompt, "", label), text, 5, False)
        for prompt, label, text in answers
    ]
    made = Snapshot.of(step, said, settings={"max_new_tokens": 8, "batch_size": 8, **settings})
    path = run / "snapshots" / f"step-{step:08}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(made.to_json()))


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two runs with a start in common; the second one answers a harmful prompt at its end."""
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        write(tmp_path / name, 0, ("x", "harmful", NO), ("y", "", YES))
    write(tmp_path / "a", 4, ("x", "harmful", NO), ("y", "", YES))
    write(tmp_path / "b", 6, ("x", "harmful", YES), ("y", "", YES), batch_size=2)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *command: str, code: int = 0) -> str:
    assert main(["diff", *command]) == code
    captured = capsys.readouterr()
    return captured.err if code else captured.out


def test_two_runs_are_compared_at_their_ends(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = told(capsys, "a", "b")
    assert "a step 4 and b step 6: 1 of 2 completions changed" in out
    assert "Refusals: gained none; lost 1 harmful." in out
    assert "setting" not in out  # the size of batches changes no answer
    data = json.loads(told(capsys, "a", "b", "--json"))
    assert (data["before"], data["after"], data["runs"]) == (4, 6, ["a", "b"])
    assert data["unlike"] == []


def test_steps_of_two_runs(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "a step 0 and b step 0: 0 of 2" in told(capsys, "a", "b", "0")
    assert "a step 4 and b step 0: 0 of 2" in told(capsys, "a", "b", "4", "0")
    assert "step 0 and step 6: 1 of 2" in told(capsys, "b")
    assert "there are those of the steps 0, 6" in told(capsys, "a", "b", "4", code=2)


def test_the_page_of_two_runs_names_both(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "a", "b", "--html", "diff.html")
    page = Path("diff.html").read_text()
    assert "<h1>a step 4 and b step 6</h1>" in page
    assert "index.html" not in page  # it is in no folder of diffs


def test_runs_that_were_asked_differently_say_so(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(runs / "c", 3, ("x", "harmful", NO), ("z", "", YES), max_new_tokens=64)
    out = told(capsys, "a", "c")
    assert "1 prompt is in both; 2 and 2 were asked" in out
    assert "the setting max_new_tokens is not the same: 8 and 64" in out
    write(runs / "d", 3, ("z", "", YES))
    assert "`a` and `d` share no prompt" in told(capsys, "a", "d", code=2)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["a", "nowhere"], "there is no run directory `nowhere`"),
        (["a", "b", "c"], "`c` is not a step"),
        (["a", "0", "b"], "`b` is not a step"),
        (["a", "0", "4", "4"], "these are 3 steps, not two"),
    ],
)
def test_what_cannot_be_compared(
    command: list[str], message: str, runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in told(capsys, *command, code=2)
