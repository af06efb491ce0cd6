"""`metrics.jsonl` of post-training-toolkit, the tool that ptt replaces, in its run directory.

A header line says what was trained; each row after it has the step, and numbers under `metrics`, by
names of its own. Those that stand for one key of the trainer get that key back. It leaves NaN out,
rounds to six digits, and keeps the keys that it knows; of several ranks it has mean, max and min.

Source: post-training-toolkit 7ab9855, `integrations/trl.py` and `models/artifacts.py`
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ptt_rules.border import open_regular, regular_text
from ptt_rules.logs.format import LogFormat
from ptt_rules.logs.jsonl import JsonLines
from ptt_rules.logs.places import placed
from ptt_rules.logs.run_directory import JOURNAL
from ptt_rules.logs.stream import LogStream

TOOLKIT = "post-training-toolkit"
_BEGUN = "run_metadata_start.json"
_HEADER = re.compile(rb'\{"type": ?"header", ?"schema_version".*"trainer_type"')
_LONGEST_HEADER = 1 << 12
_MEAN = "_mean"

_LOSS = "{}_loss"
_KEYS = {
    "win_rate": "rewards/accuracies",
    "reward_margin": "rewards/margins",
    "rewards_chosen": "rewards/chosen",
    "rewards_rejected": "rewards/rejected",
    "logps_chosen": "logps/chosen",
    "logps_rejected": "logps/rejected",
    "group_reward_mean": "reward",
}
"""Its names of keys that TRL logs; `reward_std` may be any of four, and stays."""
_KEYS_OF_PPO = {
    "entropy": "objective/entropy",
    "kl": "objective/kl",
    "reward_mean": "objective/scores",
}


def _keys_of(trainer: str) -> dict[str, str]:
    own = _KEYS_OF_PPO if trainer == "ppo" else {}
    return {_LOSS.format(trainer): "loss", **_KEYS, **own}


def is_toolkit_run(folder: Path) -> bool:
    """Whether a folder is a run directory of post-training-toolkit."""
    return (folder / _BEGUN).is_file() or _has_header(folder / JOURNAL)


def trainer_of_toolkit_run(folder: Path) -> str:
    """The trainer that its header names, `unknown` where it names none."""
    header = next(iter(JsonLines(folder / JOURNAL)), {}) if (folder / JOURNAL).is_file() else {}
    return str(header.get("trainer_type", "unknown"))


def _has_header(path: Path) -> bool:
    if not path.is_file():
        return False
    with open_regular(path) as file:
        return _HEADER.match(file.readline(_LONGEST_HEADER)) is not None


def _open(path: Path) -> LogStream:
    """Errors: PTT401, PTT403, PTT501"""
    lines = JsonLines(path)
    header, *rows = lines
    trainer = str(header.get("trainer_type", "unknown"))
    found = placed(_rows(rows, _keys_of(trainer)), file=str(path))
    note = (
        f"written by {TOOLKIT} for {trainer}: it kept the keys that it knew, and left NaN out; the "
        "trainer's own `trainer_state.json` has all of them"
    )
    config = _arguments(path.with_name(_BEGUN))
    return LogStream.of_rows(found.rows, config, file=str(path), torn=lines.torn, notes=(note,))


def _rows(rows: Iterable[Mapping[str, Any]], keys: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for row in rows:
        metrics = row.get("metrics")
        if isinstance(metrics, dict):
            named = {_key(name, keys): value for name, value in metrics.items()}
            yield {"step": row.get("step"), "_timestamp": _seconds(row.get("timestamp")), **named}


def _seconds(moment: Any) -> float | None:
    """Seconds of the epoch, of a moment as ISO 8601 has it."""
    try:
        return datetime.fromisoformat(str(moment)).timestamp()
    except ValueError:
        return None


def _key(name: str, keys: Mapping[str, str]) -> str:
    """The trainer's key for a name, also where it is a mean over ranks."""
    return keys.get(name) or keys.get(name.removesuffix(_MEAN)) or name


def _arguments(path: Path) -> dict[str, Any]:
    """Training arguments, as far as they were recorded and can be read."""
    try:
        config = json.loads(regular_text(path)).get("config", {})
        arguments = config.get("training_args", {})
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}
    return arguments if isinstance(arguments, dict) else {}


POST_TRAINING_TOOLKIT = LogFormat(
    "a run directory of post-training-toolkit",
    _open,
    in_folder=lambda folder: folder / JOURNAL if _has_header(folder / JOURNAL) else None,
    is_file=lambda path, line: _HEADER.match(line) is not None,
    may_be_torn=True,
)
