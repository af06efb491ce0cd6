"""`ptt fmt` on files as people have them."""

from __future__ import annotations

import errno
import io
import shutil
import stat
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from ptt_rules.cli.main import main

UNTIDY = 'metric kl:nats="kl"   # logged\n'
TIDY = 'metric kl: nats = "kl"  # logged\n'
Capture = pytest.CaptureFixture[str]
CaptureBytes = pytest.CaptureFixture[bytes]


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


@pytest.mark.parametrize(("is_terminal", "no_color"), [(True, ""), (True, "1"), (False, "")])
def test_a_diff_has_colour_only_on_a_terminal(
    untidy: Path,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    is_terminal: bool,
    no_color: str,
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
    monkeypatch.setenv("NO_COLOR", no_color)
    main(["fmt", "--diff", "kl.ptt"])
    assert ("\x1b[" in capsys.readouterr().out) == (is_terminal and not no_color)


def test_a_file_that_does_not_parse_is_told_and_the_others_are_formatted(
    untidy: Path, capsys: Capture
) -> None:
    broken = Path("broken.ptt")
    broken.write_text("detector x { high kl }")
    assert main(["fmt", ".", "broken.ptt"]) == 2
    assert broken.read_text() == "detector x { high kl }"
    assert untidy.read_text() == TIDY
    assert "PTT001" in capsys.readouterr().err


FOREIGN = [
    pytest.param(text.encode(), id=name)
    for name, text in {
        "crlf": TIDY.replace("\n", "\r\n"),
        "cr": TIDY.replace("\n", "\r"),
        "mark": "\ufeff" + TIDY,
        "untidy crlf": UNTIDY.replace("\n", "\r\n"),
        "no end": TIDY.rstrip("\n"),
    }.items()
]


@pytest.mark.parametrize("data", FOREIGN)
def test_line_ends_and_marks_of_other_systems_go(untidy: Path, data: bytes) -> None:
    untidy.write_bytes(data)
    assert main(["fmt", "--check", "kl.ptt"]) == 1
    assert main(["fmt", "kl.ptt"]) == 0
    assert untidy.read_bytes() == TIDY.encode()
    assert main(["fmt", "--check", "kl.ptt"]) == 0


@pytest.mark.skipif(shutil.which("patch") is None, reason="there is no `patch` here")
@pytest.mark.parametrize("data", FOREIGN)
def test_a_diff_is_one_that_patch_takes(
    untidy: Path, data: bytes, capfdbinary: CaptureBytes
) -> None:
    untidy.write_bytes(data)
    assert main(["fmt", "--diff", "kl.ptt"]) == 1
    diff = capfdbinary.readouterr().out.rpartition(b"1 of 1")[0]
    done = subprocess.run(["patch", "--binary", "kl.ptt"], input=diff, capture_output=True)
    assert done.returncode == 0, done.stdout
    assert untidy.read_bytes() == TIDY.encode()


def test_triple_quoted_texts_keep_their_lines(untidy: Path) -> None:
    text = 'metric kl: nats = "kl"\r\n  """a  \r\n\r\n    # b"""\r\n'
    untidy.write_bytes(text.encode())
    assert main(["fmt", "kl.ptt"]) == 0
    assert untidy.read_bytes() == text.replace("\r\n", "\n").encode()


@pytest.mark.parametrize("text", ["", "# nothing yet\n"])
def test_an_empty_file_and_one_of_comments_are_in_order(
    untidy: Path, capsys: Capture, text: str
) -> None:
    untidy.write_text(text)
    assert main(["fmt", "kl.ptt"]) == 0
    assert untidy.read_text() == text
    assert capsys.readouterr().out == "1 file already in order\n"


# ---- standard input ------------------------------------------------------------------------


class Pipe(io.TextIOWrapper):
    """Standard input of a system that is not set to UTF-8."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data), encoding="ascii")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_standard_input_goes_to_standard_output(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: CaptureBytes, mark: str
) -> None:
    monkeypatch.setattr(sys, "stdin", Pipe(f"{mark}# µ\r\n{UNTIDY}".encode()))
    assert main(["fmt", "-"]) == 0
    assert capfdbinary.readouterr().out == f"# µ\n{TIDY}".encode()


@pytest.mark.parametrize(("text", "code"), [(UNTIDY, 1), (TIDY, 0)])
@pytest.mark.parametrize("option", ["--check", "--diff"])
def test_standard_input_can_be_checked(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, text: str, code: int, option: str
) -> None:
    monkeypatch.setattr(sys, "stdin", Pipe(text.encode()))
    assert main(["fmt", option, "-"]) == code
    assert bool(capsys.readouterr().out) == bool(code)


@pytest.mark.parametrize(
    ("data", "code"), [(b"detector x { high kl }", "PTT001"), (b"# \xff", "PTT308")]
)
def test_standard_input_that_is_no_program_gives_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, data: bytes, code: str
) -> None:
    monkeypatch.setattr(sys, "stdin", Pipe(data))
    assert main(["fmt", "-"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert code in printed.err


# ---- files and folders ---------------------------------------------------------------------


def test_a_link_stays_a_link(untidy: Path) -> None:
    link = Path("link.ptt")
    link.symlink_to(untidy)
    assert main(["fmt", "link.ptt"]) == 0
    assert link.is_symlink()
    assert untidy.read_text() == TIDY


def test_a_folder_stands_for_its_files_and_not_for_hidden_ones(
    untidy: Path, capsys: Capture
) -> None:
    for name in ("lab/kl_test.ptt", "lab/inner/a.ptt", ".venv/packs/a.ptt", "folder.ptt/a.ptt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(UNTIDY)
    assert main(["fmt", ".", "./kl.ptt", "lab"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[-1] == "4 of 4 files formatted"
    assert Path(".venv/packs/a.ptt").read_text() == UNTIDY
    assert Path("lab/kl_test.ptt").read_text() == TIDY


@pytest.mark.parametrize(("path", "code"), [("nowhere.ptt", "PTT308"), ("empty", "PTT301")])
def test_what_is_not_there_is_told_and_the_others_are_formatted(
    untidy: Path, capsys: Capture, path: str, code: str
) -> None:
    Path("empty").mkdir()
    assert main(["fmt", path, "kl.ptt"]) == 2
    assert untidy.read_text() == TIDY
    printed = capsys.readouterr()
    assert code in printed.err
    assert printed.out.endswith("1 of 2 files formatted, 1 left alone\n")


def test_a_file_that_cannot_be_written_is_left_whole(
    untidy: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    assert main(["fmt", "kl.ptt"]) == 2
    assert untidy.read_text() == UNTIDY
    assert [path.name for path in Path().iterdir()] == ["kl.ptt"]
    printed = capsys.readouterr()
    assert "PTT308" in printed.err
    assert "cannot be written: No space left on device" in printed.err
    assert printed.out == "1 file, 0 already in order, 1 left alone\n"


def test_who_captures_text_alone_gets_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a notebook's output and `redirect_stdout` do, which have no stream of bytes."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(UNTIDY))
    shown = io.StringIO()
    with redirect_stdout(shown):
        assert main(["fmt", "-"]) == 0
    assert shown.getvalue() == TIDY


def test_a_difference_is_text_for_who_captures_text_alone(untidy: Path) -> None:
    shown = io.StringIO()
    with redirect_stdout(shown):
        assert main(["fmt", "--diff", "kl.ptt"]) == 1
    assert f"+{TIDY}" in shown.getvalue()
