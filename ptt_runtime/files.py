"""Files that a kill at any instant leaves whole, or one line short."""

from __future__ import annotations

import json
import os
import stat
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ptt_rules.runs import NotRegularError

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
        self._waiting.append(line.encode() + b"\n")
        self.flush()

    def flush(self) -> None:
        """Writes the lines that wait. Errors: OSError"""
        if not self._waiting:
            return
        descriptor = self._opened()
        while self._waiting:
            self._write(descriptor, self._waiting[0])
            self._waiting.popleft()

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
            if status.st_size == self._size and status.st_nlink:
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
        self._size += written


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


def json_text(data: Mapping[str, Any]) -> str:
    """Strict JSON on one line; what JSON does not know is written as its text."""
    return json.dumps(data, ensure_ascii=False, default=str, allow_nan=False)


def logged_text(logs: Mapping[str, Any]) -> str:
    """A log event as it was logged, NaN and Infinity as Python's JSON writes them."""
    return json.dumps(logs, ensure_ascii=False, default=_logged_value)


def _logged_value(value: Any) -> Any:
    """Scalars of other libraries are numbers, all else its text."""
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        return str(value)
