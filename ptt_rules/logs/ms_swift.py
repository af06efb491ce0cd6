"""`logging.jsonl` of ms-swift: flat rows, the step as `"global_step/max_steps": "45/50"`.

With Megatron it is `"iteration": "5/40"`. The last line is a summary of the run, with the whole
log once more inside.

Source: ms-swift 3602360, `swift/trainers/patcher.py`, `swift/megatron/callbacks`
"""

from __future__ import annotations

from pathlib import Path

from ptt_rules.logs.format import LogFormat
from ptt_rules.logs.jsonl import JsonLines
from ptt_rules.logs.places import placed, total_of
from ptt_rules.logs.stream import LogStream

_STEPS = ("global_step/max_steps", "iteration")
_SUMMARY = "log_history"
_PROGRESS = frozenset({"remaining_time", "percentage"})


def _open(path: Path) -> LogStream:
    """Errors: PTT401, PTT501"""
    lines = JsonLines(path)
    rows = [
        {key: value for key, value in row.items() if key not in _PROGRESS}
        for row in lines
        if _SUMMARY not in row and any(key in row for key in _STEPS)
    ]
    totals = [total_of(row[key]) for row in rows for key in _STEPS if key in row]
    last = max((total for total in totals if total), default=0)
    config = {"max_steps": last} if last else {}
    return LogStream.of_rows(placed(rows).rows, config, file=str(path), torn=lines.torn)


def _is_file(path: Path, line: bytes) -> bool:
    has_step = b'"global_step/max_steps"' in line or b'"iteration": "' in line
    return line.startswith(b"{") and has_step


MS_SWIFT = LogFormat("`logging.jsonl` of ms-swift", _open, is_file=_is_file)
