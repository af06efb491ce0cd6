"""The text log of torchtune: `Step N | key:value key:value `.

Source: torchtune bd2a0fc, `torchtune/training/metric_logging.py`, `DiskLogger`
"""

from __future__ import annotations

import re
from pathlib import Path

from ptt_rules.border import number, open_regular
from ptt_rules.language import PttError
from ptt_rules.logs.format import LogFormat
from ptt_rules.logs.stream import LogStream

_LINE = re.compile(r"Step (\d+) \| (.*)")
_START = re.compile(rb"Step \d+ \| \S+:\S")


def _open(path: Path) -> LogStream:
    """Errors: PTT401 for a line of something else"""
    with open_regular(path) as file:
        text = file.read().decode(errors="replace")
    lines = [(place, line) for place, line in enumerate(text.splitlines(), 1) if line.strip()]
    torn = int(bool(lines) and not text.endswith("\n") and _row(lines[-1][1]) is None)
    rows = []
    for place, line in lines[: len(lines) - torn]:
        row = _row(line)
        if row is None:
            raise _bad_line(path, place)
        rows.append(row)
    return LogStream.of_rows(rows, {}, file=str(path), torn=torn)


def _row(line: str) -> dict[str, float] | None:
    found = _LINE.fullmatch(line.strip())
    if found is None:
        return None
    parts = [part.rpartition(":") for part in found[2].split()]
    values = {key: number(shown) for key, _, shown in parts}
    if not all(key for key, _, _ in parts):
        return None
    return {"step": int(found[1]), **{key: v for key, v in values.items() if v is not None}}


def _bad_line(path: Path, place: int) -> PttError:
    hint = "this log has `Step N | key:value key:value` a line; remove or fix this line"
    return PttError.of(
        "PTT401", f"line {place} is not a row of torchtune", file=str(path), hint=hint
    )


TORCHTUNE = LogFormat(
    "the text log of torchtune", _open, is_file=lambda path, line: _START.match(line) is not None
)
