"""The `console` logger of verl: `step:N - key:value - key:value`, in the output of a program.

Ray puts `(TaskRunner pid=N) ` before, NumPy 2 prints its numbers as `np.float64(0.4)`.

Source: verl 1dda039, `verl/utils/logger/aggregate_logger.py`, `concat_dict_to_str`
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ptt_rules.border import number, open_regular
from ptt_rules.logs.format import LogFormat
from ptt_rules.logs.stream import LogStream

_LINE = re.compile(r"(?:^|[\s)])step:(\d+) - (\S+:\S.*)$")
_OF_BYTES = re.compile(rb"(?:^|[\s)])step:\d+ - [^\s:]+:", re.MULTILINE)
_LOOKED_AT = 1 << 24
"""Bytes that are looked through for the first line of the logger."""


def _rows(text: str) -> Iterator[dict[str, float]]:
    for line in text.splitlines():
        found = _LINE.search(line)
        if found:
            yield {"step": int(found[1]), **dict(_values(found[2]))}


def _values(text: str) -> Iterator[tuple[str, float]]:
    """Keys and numbers; a key may have a colon, so that the value follows the last one."""
    for part in text.split(" - "):
        key, _, shown = part.strip().rpartition(":")
        value = number(_plain(shown))
        if key and value is not None:
            yield key, value


def _plain(shown: str) -> str | None:
    """A number without the type that NumPy shows; None as nothing."""
    inner = shown[shown.index("(") + 1 : -1] if shown.startswith("np.") and "(" in shown else shown
    return None if inner == "None" else inner


def _open(path: Path) -> LogStream:
    """Errors: PTT401"""
    with open_regular(path) as file:
        text = file.read().decode(errors="replace")
    return LogStream.of_rows(_rows(text), {}, file=str(path))


def _is_file(path: Path, line: bytes) -> bool:
    if line.startswith(b"{"):
        return False
    with open_regular(path) as file:
        return _OF_BYTES.search(file.read(_LOOKED_AT)) is not None


VERL_CONSOLE = LogFormat("what verl printed", _open, is_file=_is_file)
