"""`ptt fmt` on files as people have them."""

from __future__ import annotations

import io
import stat
import sys
from pathlib import Path

import pytest

from ptt_rules.cli.main import main

UNTIDY = 'metric kl:nats="kl"   # logged\n'
TIDY = 'metric kl: nats = "kl"  # logged\n'
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def untidy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("kl.ptt")
    path.write_text(UNTIDY)
    return path


def test_a_file_is_rewritten_and_keeps_its_mode(untidy: Path, capsys: Capture) -> None:
    untidy.chmod(0o640)
    assert main(["fmt", "kl.ptt"]) == 0
    assert untidy.read_text() == TIDY
    assert stat.S_IMODE(untidy.stat().st_mode) == 0o640
    assert capsys.readouterr().out == "formatted kl.ptt\n1 of 1 file formatted\n"
    assert main(["fmt", "kl.ptt"]) == 0
    assert capsys.readouterr().out == "1 file already in order\n"
    assert [path.name for path in Path().iterdir()] == ["kl.ptt"]


def test_check_names_what_would_change_and_changes_nothing(untidy: Path, capsys: Capture) -> None:
    assert main(["fmt", "--check", "."]) == 1
    assert untidy.read_text() == UNTIDY
    assert capsys.readouterr().out == "would change kl.ptt\n1 of 1 file would change\n"


def test_diff_shows_what_would_change(untidy: Path, capsys: Capture) -> None:
    assert main(["fmt", "--diff", "kl.ptt"]) == 1
    assert untidy.read_text() == UNTIDY
    assert f"-{UNTIDY.rstrip()}\n+{TIDY.rstrip()}\n" in capsys.readouterr().out


def test_a_file_that_does_not_parse_is_told_and_the_others_are_formatted(
    untidy: Path, capsys: Capture
) -> None:
    broken = Path("broken.ptt")
    broken.write_text("detector x { high kl }")
    assert main(["fmt", "broken.ptt", "kl.ptt"]) == 2
    assert broken.read_text() == "detector x { high kl }"
    assert untidy.read_text() == TIDY
    assert "PTT001" in capsys.readouterr().err


@pytest.mark.parametrize("text", [UNTIDY.replace("\n", "\r\n"), "\ufeff" + UNTIDY])
def test_line_ends_and_marks_of_other_systems_go(untidy: Path, text: str) -> None:
    untidy.write_bytes(text.encode())
    assert main(["fmt", "kl.ptt"]) == 0
    assert untidy.read_bytes() == TIDY.encode()


def test_standard_input_goes_to_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(UNTIDY))
    assert main(["fmt", "-"]) == 0
    assert capsys.readouterr().out == TIDY


def test_a_link_stays_a_link(untidy: Path) -> None:
    link = Path("link.ptt")
    link.symlink_to(untidy)
    assert main(["fmt", "link.ptt"]) == 0
    assert link.is_symlink()
    assert untidy.read_text() == TIDY


@pytest.mark.parametrize(("path", "code"), [("nowhere.ptt", "PTT308"), ("empty", "PTT301")])
def test_what_is_not_there_is_one_clear_error(
    untidy: Path, capsys: Capture, path: str, code: str
) -> None:
    Path("empty").mkdir()
    assert main(["fmt", path]) == 2
    assert code in capsys.readouterr().err
