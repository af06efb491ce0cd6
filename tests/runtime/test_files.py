"""Files that a kill at any instant leaves whole, or one line short."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptt_rules.observing import files
from ptt_rules.observing.files import LineFile
from ptt_rules.runs import write_whole


@given(torn=st.text(alphabet="ab", max_size=6), lines=st.lists(st.text("xyz"), max_size=4))
def test_a_torn_line_is_cut_off_before_the_next_is_written(torn: str, lines: list[str]) -> None:
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"ptt-lines-{os.getpid()}"
    path.write_text("whole\n" + torn)
    file = LineFile(path)
    for line in lines:
        file.append(line)
    expected = ["whole", *lines] if lines else ["whole", *([torn] if torn else [])]
    assert (
        path.read_text().split("\n") == [*expected, ""][: len(expected) + bool(lines or not torn)]
    )
    path.unlink()


def test_a_line_written_in_part_leaves_nothing_and_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_write = os.write
    file = LineFile(tmp_path / "lines")
    file.append("one")
    monkeypatch.setattr(files.os, "write", lambda fd, data: real_write(fd, data[:2]))
    with pytest.raises(OSError, match="only 2 of 4 bytes"):
        file.append("two")
    assert (tmp_path / "lines").read_text() == "one\n"
    monkeypatch.setattr(files.os, "write", real_write)
    file.append("three")
    assert (tmp_path / "lines").read_text() == "one\ntwo\nthree\n"


@pytest.mark.parametrize("what", ["deleted", "replaced", "written to", "torn"])
def test_what_others_do_to_an_open_file_is_noticed_at_the_next_line(
    tmp_path: Path, what: str
) -> None:
    path = tmp_path / "lines"
    file = LineFile(path)
    file.append("one")
    if what == "deleted":
        path.unlink()
    elif what == "replaced":
        write_whole(path, "two\n")
    else:
        with path.open("a") as others:
            others.write("two\n" if what == "written to" else "tw")
    file.append("three")
    expected = {"deleted": "", "replaced": "two\n", "written to": "one\ntwo\n", "torn": "one\n"}
    assert path.read_text() == expected[what] + "three\n"


def test_a_closed_file_is_opened_again_and_none_stays_open(tmp_path: Path) -> None:
    before = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []
    file = LineFile(tmp_path / "lines")
    file.append("one")
    file.close()
    file.append("two")
    assert (tmp_path / "lines").read_text() == "one\ntwo\n"
    del file
    assert len(os.listdir("/proc/self/fd") if before else []) == len(before)


def test_a_file_that_cannot_be_replaced_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.json"
    write_whole(path, "old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["state.json"]


def test_a_file_that_others_write_at_the_same_moment_is_that_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two trainings that go on from one checkpoint save into one folder."""
    path = tmp_path / "state.json"
    real_fsync = os.fsync

    def meanwhile(descriptor: int) -> None:
        monkeypatch.setattr(files.os, "fsync", real_fsync)
        write_whole(path, "of the other, which is longer")
        assert path.read_text() == "of the other, which is longer"

    monkeypatch.setattr(files.os, "fsync", meanwhile)
    write_whole(path, "of this one")
    assert path.read_text() == "of this one"
    assert [one.name for one in tmp_path.iterdir()] == ["state.json"]


def interrupted_at(number: int, file: LineFile, line: str) -> bool:
    """Appends a line, with Ctrl-C before the given instruction of the file; whether it came."""
    seen = 0

    def trace(frame: Any, event: str, _: object) -> Any:
        nonlocal seen
        if frame.f_code.co_filename != files.__file__:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            seen += 1
            if seen == number:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        file.append(line)
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.mark.parametrize("lines_before", [0, 1])
def test_a_line_is_written_once_wherever_ctrl_c_comes(tmp_path: Path, lines_before: int) -> None:
    """Where it came before the line was taken in, the line is not there: its caller knows."""
    number, came = 0, True
    while came:
        number += 1
        path = tmp_path / f"lines-{number}"
        file = LineFile(path)
        for _ in range(lines_before):
            file.append("before")
        came = interrupted_at(number, file, "one")
        file.append("two")
        file.close()
        found = path.read_text().split()
        assert found[lines_before:] in (["one", "two"], ["two"]), number
    assert number > 50
