"""What a branch takes along from the run that it begins in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ptt_rules.observing.run_directory import lines_of, step_of
from ptt_rules.runs import EVENTS, JOURNAL, SNAPSHOTS, line_text

_OF_A_LIFE = ("resumed", "compared", "fault", "asked")
"""Lines that tell of a process, and not of the training."""


def copy_history(source: Path, target: Path, step: int) -> None:
    """Rows, and what was found in them, up to a step; the source stays as it is. Errors: OSError"""
    rows = [line for line in lines_of(source / JOURNAL) if step_of(line) <= step]
    (target / JOURNAL).write_bytes(b"".join(rows))
    told = _surviving(_objects(lines_of(source / EVENTS)), len(rows), step)
    text = "".join(f"{line_text(one)}\n" for one in told)
    (target / EVENTS).write_text(text, encoding="utf-8")
    if (source / SNAPSHOTS).is_dir():
        # those after the step are set aside as on any resume
        shutil.copytree(source / SNAPSHOTS, target / SNAPSHOTS, dirs_exist_ok=True)


def _objects(lines: Iterable[bytes]) -> list[Mapping[str, Any]]:
    """The lines that can be read: a damaged one costs itself."""
    found: list[Mapping[str, Any]] = []
    for line in lines:
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict):
            found.append(told)
    return found


def _surviving(lines: Iterable[Mapping[str, Any]], rows: int, step: int) -> list[Mapping[str, Any]]:
    """What was told of the first rows, on the branch that went on."""
    kept: list[Mapping[str, Any]] = []
    for line in lines:
        if line.get("event") == "resumed":
            kept = [one for one in kept if _row(one) < _number(line.get("row"))]
        elif line.get("event") not in _OF_A_LIFE:
            kept.append(line)
    return [one for one in kept if _row(one) < rows and _number(one.get("step")) <= step]


def _row(line: Mapping[str, Any]) -> float:
    return _number(line.get("row", -1))


def _number(value: Any) -> float:
    return value if isinstance(value, (int, float)) else 0
