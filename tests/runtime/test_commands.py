"""Who may command a run, and what becomes of a file that was replaced."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from ptt_rules.observing.run_directory import new_directory
from ptt_rules.runs import COMMANDS, Command, CommandKind, Inbox, give_command

pytestmark = pytest.mark.runtime


def detectors(inbox: Inbox) -> list[str | None]:
    return [command.detector for command in inbox.new()]


def ack(folder: Path, detector: str) -> None:
    give_command(folder, Command.now(CommandKind.ACK, detector=detector))


@pytest.mark.parametrize("mask", [0o022, 0o000])
def test_the_file_is_its_owners_alone(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        folder = new_directory(tmp_path / "run", "sft")
        folder.begin()
        given = tmp_path / "given"
        given.mkdir()
        ack(given, "a.b")
    finally:
        os.umask(before)
    for path in (folder.path / COMMANDS, given / COMMANDS):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_can_write_is_not_heard(tmp_path: Path, mode: int) -> None:
    inbox = Inbox(tmp_path)
    ack(tmp_path, "a.b")
    (tmp_path / COMMANDS).chmod(mode)
    with pytest.raises(ValueError, match="others can write"):
        detectors(inbox)
    (tmp_path / COMMANDS).chmod(0o600)
    assert detectors(inbox) == ["a.b"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only the administrator can give files away")
def test_a_file_of_another_user_is_not_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ack(tmp_path, "a.b")
    os.chown(tmp_path / COMMANDS, 4711, -1)
    with pytest.raises(ValueError, match="another user's"):
        detectors(Inbox(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert detectors(Inbox(tmp_path)) == ["a.b"]


@pytest.mark.parametrize("is_same_file", [True, False])
def test_a_file_that_is_replaced_is_read_anew(tmp_path: Path, is_same_file: bool) -> None:
    inbox = Inbox(tmp_path)
    for number in range(5):
        ack(tmp_path, f"a.long_name_{number}")
    assert len(detectors(inbox)) == 5
    line = json.dumps(Command.now(CommandKind.UNACK, detector="a.b").to_json()) + "\n"
    new = tmp_path / "new"
    new.write_text(line * (1 if is_same_file else 20))
    if is_same_file:
        (tmp_path / COMMANDS).write_text(new.read_text())
    else:
        new.replace(tmp_path / COMMANDS)
        (tmp_path / COMMANDS).chmod(0o600)
    assert set(detectors(inbox)) == {"a.b"}
    assert detectors(inbox) == []
