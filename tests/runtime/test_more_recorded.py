"""What is recorded where it is asked for: the diff of the code, and all packages."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from ptt_runtime import DiagnosticsCallback, code_state
from ptt_runtime.code_state import git_diff
from tests.runtime.conftest import json_lines, unwrapped

pytestmark = pytest.mark.runtime

SECRET = "hf_abcdefghijklmnopqrstuvwx"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a change, a secret in it, and a file that git does not know."""
    folder = tmp_path / "code"
    (folder / "below").mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    (folder / "train.py").write_text("rate = 1\n")
    for command in ("init -q", "add .", "commit -qm first"):
        who = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
        subprocess.run(["git", *who, *command.split()], check=True)
    (folder / "train.py").write_text(f'rate = 2\nlogin("{SECRET}")\n')
    (folder / "new.py").write_text("")
    monkeypatch.chdir(folder / "below")
    return folder


def test_a_run_keeps_the_diff_and_the_packages(
    checkout: Path,
    train: Callable[..., Any],
    rule: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run_dir = tmp_path / "run"
    options = {"packs": [rule], "only": True, "record": ["git_diff", "packages"], "fail_fast": True}
    train("sft", DiagnosticsCallback(run_dir=run_dir, **options), steps=1)
    diff = (run_dir / "git.diff").read_text()
    assert "-rate = 1\n+rate = 2\n" in diff
    assert SECRET not in diff
    assert f"trl=={metadata.version('trl')}\n" in (run_dir / "packages.txt").read_text()
    notes = {o["file"]: o for o in json_lines(run_dir / "events.jsonl") if o["event"] == "recorded"}
    assert notes["git.diff"]["untracked_files"] == 1
    assert "git.diff does not hold 1 file that git does not know" in unwrapped(
        capsys.readouterr().err
    )


def test_nothing_of_it_is_kept_unless_it_is_asked_for(
    checkout: Path, train: Callable[..., Any], rule: Path, tmp_path: Path
) -> None:
    run_dir = tmp_path / "run"
    train("sft", DiagnosticsCallback(run_dir=run_dir, packs=[rule], only=True), steps=1)
    assert not [*run_dir.glob("git*"), *run_dir.glob("packages*")]


def test_a_long_diff_is_cut_at_the_end_of_a_line(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code_state, "MOST_BYTES", 100)
    found = git_diff()
    assert found is not None
    assert found.text.endswith("\n")
    assert len(found.text) <= 100 < found.size
    assert found.to_json()["diff_is_cut"]


def test_outside_of_a_repository_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert git_diff() is None
