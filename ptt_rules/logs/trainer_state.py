"""`trainer_state.json`: the log history that the trainer saves with its checkpoints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ptt_rules.diagnostics import PttError

FILE_NAME = "trainer_state.json"


def read_trainer_state(path: Path) -> list[dict[str, Any]]:
    """The log dicts of a trainer state.

    Errors: PTT401
    """
    try:
        state = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise _no_history(path, f"this file is no JSON ({error})") from error
    history = state.get("log_history") if isinstance(state, dict) else None
    if not isinstance(history, list) or not all(isinstance(row, dict) for row in history):
        raise _no_history(path, "this JSON file has no `log_history`")
    return history


def newest_trainer_state(folder: Path) -> Path | None:
    """The state in a checkpoint, or of the newest checkpoint in an output folder."""
    if (folder / FILE_NAME).is_file():
        return folder / FILE_NAME
    states = list(folder.glob(f"checkpoint-*/{FILE_NAME}"))
    return max(states, key=_checkpoint_step, default=None)


def _checkpoint_step(state: Path) -> int:
    digits = state.parent.name.rpartition("-")[2]
    return int(digits) if digits.isdigit() else -1


def _no_history(path: Path, message: str) -> PttError:
    hint = "give a `trainer_state.json`, or JSON lines with one log dict a line"
    return PttError.of("PTT401", message, file=str(path), hint=hint)
