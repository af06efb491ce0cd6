"""`trainer_state.json`: the log history that the trainer saves with its checkpoints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ptt_rules.border import regular_text
from ptt_rules.language import PttError
from ptt_rules.logs.format import LogFormat
from ptt_rules.logs.keys import with_logged_keys
from ptt_rules.logs.places import placed, step_key_of
from ptt_rules.logs.stream import LogStream

FILE_NAME = "trainer_state.json"


def read_trainer_state(path: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The log dicts of a trainer state, or of a `log_history` saved alone, and its training
    arguments.

    Errors: PTT401
    """
    state = _json(path)
    history = state.get("log_history") if isinstance(state, dict) else state
    if not isinstance(history, list) or not all(isinstance(row, dict) for row in history):
        raise _no_history(path, "this JSON file has no `log_history`")
    return history, _arguments(state) if isinstance(state, dict) else {}


def _arguments(state: dict[str, Any]) -> dict[str, Any]:
    """The training arguments in a trainer state: its numbers and texts.

    The progress of the training is not an argument. `train_batch_size` is that of one device.
    """
    found = {
        name: value
        for name, value in state.items()
        if isinstance(value, (bool, int, float, str)) and name not in _PROGRESS
    }
    size = found.get("train_batch_size")
    return found if size is None else {"per_device_train_batch_size": size, **found}


_PROGRESS = frozenset(
    {
        "best_global_step",
        "best_metric",
        "best_model_checkpoint",
        "epoch",
        "global_step",
        "is_hyper_param_search",
        "is_local_process_zero",
        "is_world_process_zero",
        "num_input_tokens_seen",
        "total_flos",
        "trial_name",
    }
)
"""Fields of a state that change with the training, or belong to its process."""


def newest_trainer_state(folder: Path) -> Path | None:
    """The state in a checkpoint, or the newest one of an output folder.

    An output folder has a state of its own if one was saved at the end of a training; a later
    training that was killed leaves newer checkpoints beside it.
    """
    own = folder / FILE_NAME
    newest = max(folder.glob(f"checkpoint-*/{FILE_NAME}"), key=_checkpoint_step, default=None)
    if not own.is_file():
        return newest
    if newest is None or _checkpoint_step(newest) <= _global_step(own):
        return own
    return newest


def _checkpoint_step(state: Path) -> int:
    digits = state.parent.name.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else -1


def _global_step(path: Path) -> float:
    state = _json(path)
    step = state.get("global_step") if isinstance(state, dict) else None
    return step if isinstance(step, (int, float)) else -1


def _json(path: Path) -> Any:
    try:
        return json.loads(regular_text(path, "utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _no_history(path, "this file is not in UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise _no_history(path, f"this file is not JSON ({error})") from error


def _no_history(path: Path, message: str) -> PttError:
    hint = "give a `trainer_state.json`, or JSON lines with one log dict a line"
    return PttError.of("PTT401", message, file=str(path), hint=hint)


def _open(path: Path) -> LogStream:
    rows, config = read_trainer_state(path)
    if not rows or step_key_of(rows) == "step":
        return LogStream.of_rows(rows, config, file=str(path))
    found = placed(with_logged_keys(rows), file=str(path))
    return LogStream.of_rows(found.rows, config, file=str(path), notes=found.notes)


def _is_state(path: Path, line: bytes) -> bool:
    return line == b"{" or line.startswith(b"[") or b'"log_history"' in line


TRAINER_STATE = LogFormat(
    "`trainer_state.json`", _open, in_folder=newest_trainer_state, is_file=_is_state
)
