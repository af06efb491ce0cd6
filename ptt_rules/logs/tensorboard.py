"""TensorBoard event files, through TensorBoard's own reader.

An event file knows scalars, not log events: these are found again by the times of writing. Their
keys come back by undoing the trainer's renaming of `loss` to `train/loss` and `eval_loss`
to `eval/loss`. Scalars in this order also show where a resume went back.
"""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ptt_rules.border import check_regular
from ptt_rules.language import PttError
from ptt_rules.logs.format import LogFormat, Runs
from ptt_rules.logs.keys import logged_key
from ptt_rules.logs.scalars import Scalar, log_events
from ptt_rules.logs.stream import LogStream
from ptt_rules.logs.two_clocks import has_two_clocks, on_one_clock

FILE_PATTERN = "*tfevents*"
_READER = "tensorboard.backend.event_processing.event_accumulator"
_ARGUMENTS = "args/text_summary"
_START = b"brain.Event:"


@dataclass(frozen=True, slots=True)
class _File:
    """An event file as it was read."""

    path: Path
    began: float
    scalars: list[Scalar]
    """By their tags, in the order of their times."""
    arguments: dict[str, Any]

    @property
    def first_step(self) -> int:
        return min(step for _, step, _, _ in self.scalars)


def _runs(place: Path) -> Runs:
    """The runs of an event file or a folder of such.

    A file whose steps begin where those of the run before it began is of another run; one that
    begins later goes on with it, after a resume.

    Errors: PTT401, PTT404, NotRegularError
    """
    paths = sorted(place.glob(FILE_PATTERN)) if place.is_dir() else [place]
    for path in paths:
        check_regular(path)
    files = sorted((_read(path) for path in paths), key=lambda file: file.began)
    runs: list[list[_File]] = []
    for file in (file for file in files if file.scalars):
        if not runs or file.first_step <= runs[-1][0].first_step:
            runs.append([])
        runs[-1].append(file)
    if not runs:
        raise PttError.of("PTT401", "these TensorBoard events have no scalars", file=str(place))
    arguments = {k: v for file in files if not file.scalars for k, v in file.arguments.items()}
    return {run[0].path.name: partial(_stream, run, arguments, place) for run in runs}


def _stream(run: list[_File], beside: dict[str, Any], place: Path) -> LogStream:
    tagged = [scalar for file in run for scalar in file.scalars]
    tagged.sort(key=lambda scalar: scalar[0])
    if has_two_clocks(tag for _, _, tag, _ in tagged):
        scalars = [*on_one_clock(tagged)]
    else:
        scalars = [(time, step, logged_key(tag), value) for time, step, tag, value in tagged]
    config = {**beside, **{k: v for file in run for k, v in file.arguments.items()}}
    return LogStream.of_rows(log_events(scalars, run[0].began), config, file=str(place))


def _read(path: Path) -> _File:
    reader = _reader(path)
    events = reader.EventAccumulator(str(path), size_guidance={reader.SCALARS: 0})
    events.Reload()
    scalars = [
        (scalar.wall_time, scalar.step, tag, scalar.value)
        for tag in events.Tags()["scalars"]
        for scalar in events.Scalars(tag)
    ]
    scalars.sort(key=lambda scalar: scalar[0])
    began = events.FirstEventTimestamp() if scalars else 0.0
    return _File(path, began, scalars, _arguments(events))


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
    "TensorBoard event files", runs=_runs, in_folder=_in_folder, is_file=_is_file, is_binary=True
)
