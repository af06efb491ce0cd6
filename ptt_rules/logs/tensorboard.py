"""TensorBoard event files, through TensorBoard's own reader."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ptt_rules.diagnostics import PttError

FILE_PATTERN = "*tfevents*"
_READER = "tensorboard.backend.event_processing.event_accumulator"


def read_tensorboard(folder: Path) -> list[dict[str, Any]]:
    """Log dicts made of scalars: those of one step and kind (train, eval) are one row.

    The trainer writes `loss` as `train/loss` and `eval_loss` as `eval/loss`; here they get
    the names that they were logged under.

    Errors: PTT401, PTT404
    """
    try:
        reader = importlib.import_module(_READER)
    except ImportError as error:
        raise PttError.of(
            "PTT404",
            "TensorBoard's event files are read by its own library, which is not installed",
            file=str(folder),
            hint="install `ptt-rules[trackers]`",
        ) from error
    accumulator = reader.EventAccumulator(str(folder), size_guidance={reader.SCALARS: 0})
    accumulator.Reload()
    rows: dict[tuple[int, bool], dict[str, Any]] = {}
    for key, scalar in _scalars(accumulator):
        row = rows.setdefault((scalar.step, key.startswith("eval_")), {"step": scalar.step})
        row.setdefault("time", scalar.wall_time)
        row[key] = scalar.value
    if not rows:
        raise PttError.of("PTT401", "these event files have no scalars", file=str(folder))
    return _since_start([rows[place] for place in sorted(rows)])


def _scalars(accumulator: Any) -> Iterator[tuple[str, Any]]:
    for tag in accumulator.Tags()["scalars"]:
        for scalar in accumulator.Scalars(tag):
            yield _logged_key(tag), scalar


def _logged_key(tag: str) -> str:
    for prefix, written in (("train/", ""), ("eval/", "eval_"), ("test/", "test_")):
        if tag.startswith(prefix):
            return written + tag.removeprefix(prefix)
    return tag


def _since_start(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    start = min(row["time"] for row in rows)
    return [{**row, "time": row["time"] - start} for row in rows]
