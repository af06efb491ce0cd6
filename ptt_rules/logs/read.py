"""Reading a run's log, whatever its format: told by what is in it, not by its name alone."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from ptt_rules.diagnostics import Diagnostic, PttError
from ptt_rules.logs.frame import RunLog, check_frame, frame_of
from ptt_rules.logs.jsonl import read_json_lines
from ptt_rules.logs.run_directory import is_run_directory, read_config, read_journal
from ptt_rules.logs.table import read_csv, read_parquet
from ptt_rules.logs.tensorboard import FILE_PATTERN, read_tensorboard
from ptt_rules.logs.trainer_state import newest_trainer_state, read_trainer_state

READABLE = (
    "a run directory, `trainer_state.json`, JSON lines of log dicts, CSV or Parquet with a "
    "`step` column, or TensorBoard event files"
)
_PARQUET_START = b"PAR1"
_SNIFFED_BYTES = 4096


def read_log(path: str | os.PathLike[str]) -> RunLog:
    """The metric frame of a run's log.

    Errors: PTT401 to PTT403, PTT404 for a reader that is not installed
    """
    place = Path(path)
    if not place.exists():
        hint = f"give {READABLE}"
        raise PttError.of("PTT402", "there is no such run log", file=str(place), hint=hint)
    try:
        return _read_folder(place) if place.is_dir() else _read_file(place)
    except PttError as error:
        raise PttError(_with_file(d, place) for d in error.diagnostics) from error
    except (OSError, UnicodeDecodeError) as error:
        raise PttError.of(
            "PTT401",
            f"this file cannot be read ({error})",
            file=str(place),
            hint=f"give {READABLE}",
        ) from error


def _with_file(diagnostic: Diagnostic, path: Path) -> Diagnostic:
    return diagnostic if diagnostic.file_name else replace(diagnostic, file=str(path))


def _read_folder(folder: Path) -> RunLog:
    if is_run_directory(folder):
        return frame_of(read_journal(folder), config=read_config(folder))
    state = newest_trainer_state(folder)
    if state is not None:
        return frame_of(read_trainer_state(state))
    if any(folder.glob(FILE_PATTERN)):
        return frame_of(read_tensorboard(folder))
    raise _no_log(folder, "this folder holds no run log")


def _read_file(path: Path) -> RunLog:
    with path.open("rb") as file:
        start = file.read(_SNIFFED_BYTES)
    if start.startswith(_PARQUET_START):
        return check_frame(read_parquet(path))
    if "tfevents" in path.name:
        return frame_of(read_tensorboard(path))
    return _read_text(path, start.removeprefix(b"\xef\xbb\xbf").lstrip())


def _read_text(path: Path, start: bytes) -> RunLog:
    first_line = start.split(b"\n", 1)[0]
    if start.startswith(b"{"):
        if _is_one_object(first_line):
            return frame_of(read_json_lines(path))
        return frame_of(read_trainer_state(path))
    names = [name.strip(b' "\r') for name in first_line.split(b",")]
    if b"step" in names:
        return check_frame(read_csv(path))
    raise _no_log(path, "this file is no run log" if start else "this file is empty")


def _is_one_object(line: bytes) -> bool:
    """Whether a line is a whole log dict; a state that is printed on one line has a history."""
    text = line.rstrip()
    return text.endswith(b"}") and text != b"{" and b'"log_history"' not in text


def _no_log(path: Path, message: str) -> PttError:
    return PttError.of("PTT401", message, file=str(path), hint=f"give {READABLE}")
