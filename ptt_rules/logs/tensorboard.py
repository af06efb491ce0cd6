"""TensorBoard event files, through TensorBoard's own reader.

An event file knows scalars, not log events. The trainer writes the scalars of a log event one
after the other, so that a log event is found again as a run of scalars, by time of writing,
that share their step and their kind: training, evaluation, or the summary that closes a run.
Its keys come back by undoing the trainer's renaming of `loss` to `train/loss` and `eval_loss`
to `eval/loss`. Scalars in this order also show where a resume went back.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ptt_rules.border import check_regular
from ptt_rules.language import PttError
from ptt_rules.logs.format import LogFormat
from ptt_rules.logs.stream import LogStream

FILE_PATTERN = "*tfevents*"
_READER = "tensorboard.backend.event_processing.event_accumulator"
_PREFIXES = (("train/", ""), ("eval/", "eval_"), ("test/", "test_"))
_KINDS = ("eval_", "test_", "train_")
_OF_ANY_KIND = ("epoch", "total_flos")
_ARGUMENTS = "args/text_summary"
_START = b"brain.Event:"


def read_tensorboard(place: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Log dicts and training arguments of an event file or a folder of such.

    Errors: PTT401, PTT404, NotRegularError
    """
    for path in place.glob(FILE_PATTERN) if place.is_dir() else (place,):
        check_regular(path)
    reader = _reader(place)
    events = reader.EventAccumulator(str(place), size_guidance={reader.SCALARS: 0})
    events.Reload()
    scalars = [
        (scalar.wall_time, scalar.step, _logged_key(tag), scalar.value)
        for tag in events.Tags()["scalars"]
        for scalar in events.Scalars(tag)
    ]
    if not scalars:
        raise PttError.of("PTT401", "these TensorBoard events have no scalars", file=str(place))
    scalars.sort(key=lambda scalar: scalar[0])
    return _log_events(scalars, events.FirstEventTimestamp()), _arguments(events)


def _reader(place: Path) -> Any:
    try:
        return importlib.import_module(_READER)
    except ImportError as error:
        raise PttError.of(
            "PTT404",
            "TensorBoard's event files are read by its own library, which is not installed",
            file=str(place),
            hint="install `ptt-rules[trackers]`",
        ) from error


def _log_events(
    scalars: Iterable[tuple[float, int, str, float]], began: float
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    newest: tuple[int, str] | None = None
    for time, step, key, value in scalars:
        kind = newest[1] if newest and key in _OF_ANY_KIND else _kind(key)
        if (step, kind) != newest or key in rows[-1]:
            rows.append({"step": step, "time": max(0.0, time - began)})
            newest = (step, kind)
        rows[-1][key] = value
    return rows


def _kind(key: str) -> str:
    return next((kind for kind in _KINDS if key.startswith(kind)), "")


def _logged_key(tag: str) -> str:
    for prefix, written in _PREFIXES:
        if tag.startswith(prefix):
            return written + tag.removeprefix(prefix)
    return tag


def _arguments(events: Any) -> dict[str, Any]:
    """The training arguments that the trainer writes as a text; none if it did not."""
    if _ARGUMENTS not in events.Tags()["tensors"]:
        return {}
    text = events.Tensors(_ARGUMENTS)[-1].tensor_proto.string_val[0]
    try:
        arguments = json.loads(text)
    except ValueError:
        return {}
    return arguments if isinstance(arguments, dict) else {}


def _open(place: Path) -> LogStream:
    rows, config = read_tensorboard(place)
    return LogStream.of_rows(rows, config, file=str(place))


def _in_folder(folder: Path) -> Path | None:
    return folder if any(folder.glob(FILE_PATTERN)) else None


def _is_file(path: Path, line: bytes) -> bool:
    """Errors: PTT401 for events in a file whose name TensorBoard does not take"""
    if "tfevents" in path.name:
        return True
    if _START in line[:64]:
        hint = "its reader takes a file for events if `tfevents` is in its name: rename it"
        message = "these TensorBoard events have a name that their reader does not take"
        raise PttError.of("PTT401", message, file=str(path), hint=hint)
    return False


TENSORBOARD = LogFormat(
    "TensorBoard event files", _open, in_folder=_in_folder, is_file=_is_file, is_binary=True
)
