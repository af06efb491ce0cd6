"""The format of a log, detected by its contents and not by its name alone."""

from __future__ import annotations

from codecs import BOM_UTF8
from enum import Enum
from pathlib import Path

from ptt_rules.border import open_regular
from ptt_rules.language import PttError
from ptt_rules.logs.run_directory import has_metrics, is_run_without_rows
from ptt_rules.logs.tensorboard import FILE_PATTERN
from ptt_rules.logs.trainer_state import newest_trainer_state

READABLE = (
    "a run directory, `trainer_state.json`, JSON lines of log dicts, CSV or Parquet with a "
    "`step` column, or TensorBoard event files"
)
_PARQUET_START = b"PAR1"
_EVENTS_START = b"brain.Event:"
_LONGEST_LINE = 1 << 24
_SHOWN_CHARACTERS = 40


class Format(Enum):
    RUN_DIRECTORY = "run directory"
    TRAINER_STATE = "trainer state"
    JSON_LINES = "JSON lines"
    CSV = "CSV"
    PARQUET = "Parquet"
    TENSORBOARD = "TensorBoard events"


def find_log(place: Path) -> tuple[Format, Path]:
    """The format of a log and the file or folder to read, which may be inside of `place`.

    Errors: PTT401 if there is none
    """
    if place.is_dir():
        return _in_folder(place)
    return _format_of_file(place), place


def _in_folder(folder: Path) -> tuple[Format, Path]:
    if has_metrics(folder):
        return Format.RUN_DIRECTORY, folder
    state = newest_trainer_state(folder)
    if state is not None:
        return Format.TRAINER_STATE, state
    if any(folder.glob(FILE_PATTERN)):
        return Format.TENSORBOARD, folder
    if is_run_without_rows(folder):
        return Format.RUN_DIRECTORY, folder
    raise _no_log_in(folder)


def _format_of_file(path: Path) -> Format:
    line = _first_line(path)
    if line.startswith(_PARQUET_START):
        return Format.PARQUET
    if "tfevents" in path.name:
        return Format.TENSORBOARD
    if _EVENTS_START in line[:64]:
        hint = "its reader takes a file for events if `tfevents` is in its name: rename it"
        message = "these TensorBoard events have a name that their reader does not take"
        raise PttError.of("PTT401", message, file=str(path), hint=hint)
    if line == b"{" or line.startswith(b"[") or b'"log_history"' in line:
        return Format.TRAINER_STATE
    if line.startswith(b"{"):
        return Format.JSON_LINES
    if b"step" in [name.strip(b' "') for name in line.split(b",")]:
        return Format.CSV
    raise _no_log(path, f"this file is not a run log: {_found(line)}")


def _first_line(path: Path) -> bytes:
    """The first line with something on it, without white space around it."""
    with open_regular(path) as file:
        while line := file.readline(_LONGEST_LINE):
            text = line.removeprefix(BOM_UTF8).strip()
            if text:
                return text
    return b""


def _found(line: bytes) -> str:
    if not line:
        return "it is empty"
    text = line[: 4 * _SHOWN_CHARACTERS].decode(errors="ignore")[:_SHOWN_CHARACTERS]
    if text.isprintable() and line.startswith(text.encode()):
        return f"it begins with `{text}`"
    return f"it is not text and begins with the bytes {line[:4].hex(' ')}"


def _no_log_in(folder: Path) -> PttError:
    """Trainers write their events into a folder for each start, below the output folder."""
    nested = sorted({path.parent for path in folder.glob(f"**/{FILE_PATTERN}")})
    if not nested:
        return _no_log(folder, "this folder holds no run log")
    hint = f"give the folder of one run, such as `{nested[-1]}`"
    message = f"this folder holds no run log itself, but {len(nested)} with TensorBoard events"
    return PttError.of("PTT401", message, file=str(folder), hint=hint)


def _no_log(path: Path, message: str) -> PttError:
    return PttError.of("PTT401", message, file=str(path), hint=f"give {READABLE}")
