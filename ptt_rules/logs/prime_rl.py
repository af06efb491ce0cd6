"""`metrics.jsonl` of prime-rl: the orchestrator and the trainer append to one file.

A step is some six records, which become one row; evaluations have a row of their own. `time/step`
and `time/save_ckpt` are written by both: as the trainer's record comes last, its value counts.
What is not finite is dropped by the writer, so that its key is absent.

Source: prime-rl 559b447, `src/prime_rl/monitors/file.py`, `trainer/rl/train.py`,
`orchestrator/orchestrator.py`
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ptt_rules.logs.format import LogFormat
from ptt_rules.logs.jsonl import JsonLines
from ptt_rules.logs.places import placed
from ptt_rules.logs.stream import LogStream

_START = re.compile(
    rb'\{"step": ?[\d.]+, ?"time": ?\d{9,}(?:\.\d+)?, .*'
    rb'"(?:train/agg|train/all|eval|optim|entropy|mismatch_kl|masked|perf|time|progress)/'
)
"""Any trainer may log `step` and `time` first; these keys are of prime-rl."""
_PLACE = frozenset({"step", "time"})
_EVAL = ("eval/", "val/")


def _open(path: Path) -> LogStream:
    """Errors: PTT401, PTT501"""
    lines = JsonLines(path)
    rows = placed(joined(lines))
    return LogStream.of_rows(rows.rows, {}, file=str(path), torn=lines.torn)


def joined(records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row for the records of a step, and one for those of its evaluation.

    The orchestrator is ahead of the trainer, so that records of two steps stand among each other.
    A resume writes a step again: from there on rows are those of another branch.
    """
    rows: list[dict[str, Any]] = []
    branch: dict[tuple[Any, bool], dict[str, Any]] = {}
    for record in records:
        if record.keys() <= _PLACE:
            continue
        place = record.get("step"), any(key.startswith(_EVAL) for key in record)
        if _is_again(branch.get(place, {}), record):
            rows += _in_order(branch)
            branch = {}
        branch.setdefault(place, {}).update(record)
    return rows + _in_order(branch)


def _in_order(branch: Mapping[tuple[Any, bool], dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows by their steps, as far as these are numbers: others are refused by who reads steps."""
    if not all(isinstance(step, (int, float)) for step, _ in branch):
        return [*branch.values()]
    return [branch[place] for place in sorted(branch)]


def _is_again(row: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    """Whether a record says anew what a row has, but for what two processes measure alike."""
    return any(key in row and key not in _OF_BOTH and key not in _PLACE for key in record)


_OF_BOTH = frozenset({"time/step", "time/save_ckpt"})

PRIME_RL = LogFormat(
    "`metrics.jsonl` of prime-rl", _open, is_file=lambda path, line: _START.match(line) is not None
)
