"""Files that a kill at any instant leaves whole, or one line short."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MAX_WAITING_LINES = 10_000


class LineFile:
    """An append-only file of lines, each written at once.

    A line that cannot be written waits and is tried again with the next one, so that a disk
    that was full for a while costs nothing; what was written in part is cut off again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._waiting: deque[bytes] = deque(maxlen=MAX_WAITING_LINES)

    def append(self, line: str) -> None:
        """Errors: OSError if the file cannot be written; the line waits"""
        self._waiting.append(line.encode() + b"\n")
        self.flush()

    def flush(self) -> None:
        """Writes the lines that wait. Errors: OSError"""
        if not self._waiting:
            return
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            whole = _end_of_last_line(self.path)
            if whole != os.fstat(descriptor).st_size:
                os.ftruncate(descriptor, whole)
            while self._waiting:
                self._write(descriptor, self._waiting[0])
                self._waiting.popleft()
        finally:
            os.close(descriptor)

    def _write(self, descriptor: int, line: bytes) -> None:
        before = os.fstat(descriptor).st_size
        written = os.write(descriptor, line)
        if written != len(line):
            os.ftruncate(descriptor, before)
            raise OSError(f"only {written} of {len(line)} bytes could be written")


def _end_of_last_line(path: Path) -> int:
    """Size of a file without a last line that a kill tore."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        position = size
        while position > 0:
            start = max(0, position - 4096)
            file.seek(start)
            newline = file.read(position - start).rfind(b"\n")
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
