"""The `file` logger of verl: `{"step": N, "data": {…}}` a line, keys as verl names them.

Its writer (orjson) writes null for NaN and infinite numbers; row 0 has the evaluation before
training.

Source: verl 1dda039, `verl/utils/tracking.py`, `FileLogger`
"""

from __future__ import annotations

import re
from pathlib import Path

from ptt_rules.logs.format import LogFormat
from ptt_rules.logs.jsonl import JsonLines
from ptt_rules.logs.keys import flat
from ptt_rules.logs.stream import LogStream

_START = re.compile(rb'\{\s*"step"\s*:\s*\d+\s*,\s*"data"\s*:\s*\{')


def _open(path: Path) -> LogStream:
    """Errors: PTT401, PTT501"""
    lines = JsonLines(path)
    rows = [flat(row) for row in lines]
    return LogStream.of_rows(rows, {}, file=str(path), torn=lines.torn)


VERL_FILE = LogFormat(
    "the `file` log of verl", _open, is_file=lambda path, line: _START.match(line) is not None
)
