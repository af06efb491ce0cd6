"""JSON lines of log dicts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ptt_rules.diagnostics import PttError


def read_json_lines(path: Path, *, may_be_torn: bool = False) -> list[dict[str, Any]]:
    """The log dicts of a file, one a line; NaN and Infinity are read, blank lines skipped.

    `may_be_torn`: a last line without its end is what a killed writer leaves, and is dropped.

    Errors: PTT401 for a line that is no JSON object
    """
    text = path.read_text(encoding="utf-8-sig")
    lines = text.split("\n")
    if may_be_torn and lines and lines[-1]:
        lines.pop()
    rows = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            rows.append(_object(path, number, line))
    return rows


def _object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise _bad_line(path, number, f"is no JSON ({error})") from error
    if not isinstance(row, dict):
        raise _bad_line(path, number, "is no JSON object")
    return row


def _bad_line(path: Path, number: int, what: str) -> PttError:
    return PttError.of(
        "PTT401",
        f"line {number} {what}",
        file=str(path),
        hint="a log has one JSON object a line; remove or mend this line",
    )
