"""The format of a log, detected by its contents and not by its name alone."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Sequence
from pathlib import Path

from ptt_rules.border import open_regular, plural, visible
from ptt_rules.language import PttError
from ptt_rules.logs.console import CONSOLE
from ptt_rules.logs.format import LogFormat
from ptt_rules.logs.lines import JSON_LINES
from ptt_rules.logs.llama_factory import LLAMA_FACTORY
from ptt_rules.logs.mlflow_runs import MLFLOW_DATABASE, MLFLOW_FILES
from ptt_rules.logs.ms_swift import MS_SWIFT
from ptt_rules.logs.post_training_toolkit import POST_TRAINING_TOOLKIT
from ptt_rules.logs.prime_rl import PRIME_RL
from ptt_rules.logs.run_directory import RUN_DIRECTORY, RUN_WITHOUT_ROWS
from ptt_rules.logs.table import CSV, PARQUET
from ptt_rules.logs.tensorboard import FILE_PATTERN, TENSORBOARD
from ptt_rules.logs.torchtune import TORCHTUNE
from ptt_rules.logs.trackio import TRACKIO
from ptt_rules.logs.trainer_state import TRAINER_STATE
from ptt_rules.logs.verl_console import VERL_CONSOLE
from ptt_rules.logs.verl_file import VERL_FILE
from ptt_rules.logs.wandb_file import WANDB_FILE
from ptt_rules.logs.wandb_history import WANDB_HISTORY, WANDB_PANEL

FORMATS = (
    POST_TRAINING_TOOLKIT,
    RUN_DIRECTORY,
    VERL_FILE,
    PRIME_RL,
    LLAMA_FACTORY,
    MS_SWIFT,
    TORCHTUNE,
    VERL_CONSOLE,
    CONSOLE,
    TRAINER_STATE,
    JSON_LINES,
    WANDB_PANEL,
    CSV,
    WANDB_HISTORY,
    PARQUET,
    WANDB_FILE,
    MLFLOW_FILES,
    MLFLOW_DATABASE,
    TRACKIO,
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
    names = [each.relative_to(folder).as_posix() for each in nested]
    return several_runs(folder, names, f"{folder}/{names[-1]}")


def several_runs(place: Path, names: Sequence[str], one: str) -> PttError:
    """PTT412, for a place that holds the logs of several runs; `one` is how to give one of them."""
    shown = [f"`{visible(name)}`" for name in names[:_MOST_NAMED]]
    more = [f"{len(names) - len(shown)} more"] if len(names) > len(shown) else []
    message = f"this holds the logs of {plural(len(names), 'run')}: {', '.join([*shown, *more])}"
    hint = f"give one of them, such as `{visible(one)}`"
    return PttError.of("PTT412", message, file=str(place), hint=hint)


_MOST_NAMED = 12


def _no_log(path: Path, message: str) -> PttError:
    return PttError.of("PTT401", message, file=str(path), hint=f"give {READABLE}")
