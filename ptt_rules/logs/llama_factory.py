"""`trainer_log.jsonl` of LLaMA-Factory: flat rows, the step as `current_steps`.

A new training in the same output folder appends to the file: its rows begin anew.

Source: LLaMA-Factory ff6d4d1, `src/llamafactory/train/callbacks.py`, `LogCallback`
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ptt_rules.border import number
from ptt_rules.logs.format import LogFormat, Runs
from ptt_rules.logs.jsonl import JsonLines
from ptt_rules.logs.places import placed
from ptt_rules.logs.stream import LogStream

_STEP = "current_steps"
_PROGRESS = frozenset({"total_steps", "percentage", "remaining_time"})

Row = Mapping[str, Any]


def _runs(path: Path) -> Runs:
    """The trainings of the file, by their number. Errors: PTT401"""
    lines = JsonLines(path)
    runs: list[list[Row]] = []
    for row in lines:
        if not runs or _begins(row, runs[-1]):
            runs.append([])
        runs[-1].append(row)
    return {
        str(number): partial(_stream, rows, path, lines.torn if number == len(runs) else 0)
        for number, rows in enumerate(runs, 1)
    }


def _begins(row: Row, run: list[Row]) -> bool:
    """Whether a row is the first one of another training: its step is that of a first one again."""
    step, first, before = (number(one.get(_STEP, "")) for one in (row, run[0], run[-1]))
    if step is None or first is None or before is None:
        return False
    return step <= first and step < before


def _stream(rows: list[Row], path: Path, torn: int) -> LogStream:
    kept = ({k: v for k, v in row.items() if k not in _PROGRESS} for row in rows)
    totals = (row.get("total_steps") for row in rows)
    total = max((total for total in totals if type(total) is int), default=0)
    config = {"max_steps": total} if total else {}
    found = placed(kept, file=str(path))
    return LogStream.of_rows(found.rows, config, file=str(path), torn=torn)


LLAMA_FACTORY = LogFormat(
    "`trainer_log.jsonl` of LLaMA-Factory",
    runs=_runs,
    is_file=lambda path, line: line.startswith(b"{") and b'"current_steps"' in line,
)
