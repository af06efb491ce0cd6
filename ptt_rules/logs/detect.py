"""The format of a log, detected by its contents and not by its name alone."""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path

from ptt_rules.border import open_regular
from ptt_rules.language import PttError
from ptt_rules.logs.format import LogFormat
from ptt_rules.logs.lines import JSON_LINES
from ptt_rules.logs.run_directory import RUN_DIRECTORY, RUN_WITHOUT_ROWS
from ptt_rules.logs.table import CSV, PARQUET
from ptt_rules.logs.tensorboard import FILE_PATTERN, TENSORBOARD
from ptt_rules.logs.trainer_state import TRAINER_STATE

FORMATS = (
    RUN_DIRECTORY,
    TRAINER_STATE,
    JSON_LINES,
    CSV,
    PARQUET,
    TENSORBOARD,
    RUN_WITHOUT_ROWS,
)
"""In the order in which a folder is asked for them; binary files are tried before text."""

_LONGEST_LINE = 1 << 24
_SHOWN_CHARACTERS = 40


def _listed(phrases: list[str]) -> str:
    return f"{', '.join(phrases[:-1])}, or {phrases[-1]}"


READABLE = _listed(list(dict.fromkeys(each.phrase for each in FORMATS)))


def find_log(place: Path) -> tuple[LogFormat, Path]:
    """The format of a log and the file or folder to read, which may be inside of `place`.

    Errors: PTT401 if there is none
    """
    return _in_folder(place) if place.is_dir() else (_format_of_file(place), place)


def _in_folder(folder: Path) -> tuple[LogFormat, Path]:
    for each in FORMATS:
        found = each.in_folder(folder)
        if found is not None:
            return each, found
    raise _no_log_in(folder)


def _format_of_file(path: Path) -> LogFormat:
    line = _first_line(path)
    for each in sorted(FORMATS, key=lambda each: not each.is_binary):
        if each.is_file(path, line):
            return each
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
