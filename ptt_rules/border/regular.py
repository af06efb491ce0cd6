"""Regular files alone: what opens a path that somebody gave must not wait for ever.

To open a pipe waits for who writes to it, and a device may do anything. So nothing else than a
regular file is opened to be read, wherever its path came from.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

_WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NONBLOCK", 0)

_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class NotRegularError(OSError):
    """The path is of something else; `strerror` says of what."""

    def __init__(self, path: Path, mode: int) -> None:
        kind = next((word for is_kind, word in _KINDS if is_kind(mode)), "something else")
        super().__init__(errno.EINVAL, f"this is {kind}, not a regular file", os.fspath(path))


def check_regular(path: Path) -> None:
    """Errors: NotRegularError, and OSError where there is nothing"""
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode):
        raise NotRegularError(path, mode)


def open_regular(path: Path) -> BinaryIO:
    """A regular file, opened to be read.

    Errors: NotRegularError, OSError
    """
    check_regular(path)
    return path.open("rb")


def regular_text(path: Path, encoding: str = "utf-8") -> str:
    """The text of a regular file, with its line ends made one.

    Errors: NotRegularError, OSError, UnicodeDecodeError
    """
    with open_regular(path) as file:
        return with_plain_ends(file.read().decode(encoding))


def write_text(path: Path, text: str) -> None:
    """Puts a text where somebody wants it, `/dev/stdout` too; a pipe that nobody reads is an error.

    Errors: OSError
    """
    try:
        descriptor = os.open(path, _WRITE, 0o666)
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise OSError(errno.ENXIO, "nobody reads this pipe", os.fspath(path)) from error
        raise
    if hasattr(os, "set_blocking"):
        os.set_blocking(descriptor, True)
    with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def with_plain_ends(text: str) -> str:
    """A text with one kind of line end; CR CR LF, of a file converted twice, is two of them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
