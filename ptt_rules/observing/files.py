"""Files that a kill at any instant leaves whole, or one line short."""

from __future__ import annotations

import os
import stat
from collections import deque
from contextlib import suppress
from pathlib import Path

from ptt_rules.runs import NotRegularError, escaped

MAX_WAITING_LINES = 10_000


class LineFile:
    """An append-only file of lines, each written at once.

    A line that cannot be written waits and is tried again with the next one, so that a disk
    that was full for a while costs nothing; what was written in part is cut off again.
    The file stays open as long as it is as this left it: whoever writes to it too, replaces or
    deletes it is noticed at the next line.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._waiting: deque[bytes] = deque(maxlen=MAX_WAITING_LINES)
        self._descriptor: int | None = None
        self._size = 0

    def append(self, line: str) -> None:
        """Errors: OSError if the file cannot be written; the line waits"""
        self.wait(line)
        self.flush()

    def wait(self, line: str) -> None:
        """A line that is written with the next ones."""
        self._waiting.append(escaped(line).encode() + b"\n")

    def flush(self) -> None:
        """Writes the lines that wait, each once. Errors: OSError"""
        while self._waiting:
            descriptor, line = self._opened(), self._waiting[0]
            if not self._is_written(descriptor, line):
                self._write(descriptor, line)
            # Ctrl-C may come between any two of these: a line that is written and still waits is
            # known by the file, and one that waits no longer makes the size look anew
            with suppress(ValueError):
                self._waiting.remove(line)
            self._size += len(line)

    def _is_written(self, descriptor: int, line: bytes) -> bool:
        """Whether the file ends with this line, which is more than was known of it."""
        if os.fstat(descriptor).st_size != self._size + len(line):
            return False
        return os.pread(descriptor, len(line), self._size) == line

    def close(self) -> None:
        """Lets go of the file; the next line opens it again."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def __del__(self) -> None:
        self.close()

    def _opened(self) -> int:
        """The file, which ends with a whole line."""
        if self._descriptor is not None:
            status = os.fstat(self._descriptor)
            is_there = status.st_nlink > 0
            if is_there and status.st_size == self._size:
                return self._descriptor
            if is_there and self._is_written(self._descriptor, self._waiting[0]):
                return self._descriptor
            self.close()
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        self._descriptor = descriptor
        status = os.fstat(descriptor)
        if stat.S_ISFIFO(status.st_mode):  # it would hold up the training once it is full
            self.close()
            raise NotRegularError(self.path, status.st_mode)
        size = status.st_size
        self._size = _end_of_last_line(descriptor, size)
        if self._size != size:
            os.ftruncate(descriptor, self._size)
        return descriptor

    def _write(self, descriptor: int, line: bytes) -> None:
        written = os.write(descriptor, line)
        if written != len(line):
            os.ftruncate(descriptor, self._size)
            raise OSError(f"only {written} of {len(line)} bytes could be written")


def _end_of_last_line(descriptor: int, size: int) -> int:
    """Size of a file without a last line that a kill tore."""
    position = size
    while position > 0:
        start = max(0, position - 4096)
        os.lseek(descriptor, start, os.SEEK_SET)
        newline = os.read(descriptor, position - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        position = start
    return 0
