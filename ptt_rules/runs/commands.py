"""`commands.jsonl`: what people ask of a run while it goes on, from another process.

Other processes append whole lines, the training process reads them as they come. A command says
all that it means, whenever it is read: spans are counted from the moment at which it was given.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from ptt_rules.border import check_regular, open_regular
from ptt_rules.runs.json_text import line_text

COMMANDS = "commands.jsonl"
_OWNER_ALONE = 0o600
_WRITE_OF_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class CommandKind(Enum):
    RESUME = "resume"
    """Ends a pause."""
    ACK = "ack"
    """People know of a detector's finding: it is no longer reported to them."""
    UNACK = "unack"
    """The finding is reported to them again."""


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the file.

    `detector` is a qualified name, with the instance of a family in brackets where one is meant.

    Unit:  `time` and `until_time` in seconds since 1970
    Null:  `until_time` and `until_step` are both None for an `ack` that lasts as long as the run
    """

    command: CommandKind
    time: float
    by: str
    detector: str | None = None
    until_step: int | None = None
    until_time: float | None = None

    @classmethod
    def now(cls, command: CommandKind, **options: Any) -> Command:
        """A command of the person who runs this process."""
        return cls(command, time.time(), f"{_user()}@{socket.gethostname()}", **options)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Command:
        """Errors: KeyError, ValueError, TypeError if it is not a command"""
        step, until = data.get("until_step"), data.get("until_time")
        return cls(
            command=CommandKind(data["command"]),
            time=float(data["time"]),
            by=str(data.get("by", "")),
            detector=None if data.get("detector") is None else str(data["detector"]),
            until_step=None if step is None else int(step),
            until_time=None if until is None else float(until),
        )

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "command": self.command.value}


def give_command(folder: Path, command: Command) -> None:
    """Appends a command with a single write, which no other writer can come between.

    Errors: OSError
    """
    line = line_text(command.to_json()).encode() + b"\n"
    if os.path.lexists(folder / COMMANDS):
        check_regular(folder / COMMANDS)
    descriptor = os.open(folder / COMMANDS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _OWNER_ALONE)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


def open_inbox(folder: Path) -> None:
    """Makes the file, so that nobody but its owner can be the first to. Errors: OSError"""
    os.close(os.open(folder / COMMANDS, os.O_WRONLY | os.O_CREAT, _OWNER_ALONE))


class Inbox:
    """Reads commands as they come; each once, and anew where the file was replaced.

    Whoever may write the file commands the run, so that only a file that its owner alone can write
    is read, and only one of the user who trains, or of the administrator.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / COMMANDS
        self._read = 0
        self._inode = 0

    def new(self) -> Iterator[Command]:
        """The commands that have come since this was last asked.

        Errors: ValueError for a line that is not a command, which is passed over, and for a file
                that others can write, of which nothing is read
        Cost:   one call of the system where none has ever come, else two
        """
        # of a run whose directory cannot be written, none come
        if not os.access(self._path, os.F_OK):
            return
        status = os.stat(self._path)
        if status.st_ino != self._inode or status.st_size < self._read:
            self._inode, self._read = status.st_ino, 0
        if status.st_size == self._read:
            return
        _check_owner(status)
        with open_regular(self._path) as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    return  # still being written
                self._read += len(line)
                yield _command(line)


def _check_owner(status: os.stat_result) -> None:
    """Errors: ValueError if others than the user who trains can write the file"""
    if status.st_uid not in (os.geteuid(), 0):
        raise ValueError(f"`{COMMANDS}` is another user's, so nothing in it is heard")
    if status.st_mode & _WRITE_OF_OTHERS:
        why = f"others can write `{COMMANDS}`, so nothing in it is heard"
        raise ValueError(f"{why}; `chmod 600 {COMMANDS}` if what it says is yours")


def _command(line: bytes) -> Command:
    try:
        return Command.from_json(json.loads(line))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        text = line.decode(errors="replace").strip()[:80]
        raise ValueError(f"`{text}` is not a command ({type(error).__name__}: {error})") from error


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "somebody"  # a process of a user that the machine does not know
