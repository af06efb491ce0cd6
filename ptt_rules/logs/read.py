"""Reading a run's log, whatever its format."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from ptt_rules.diagnostics import PttError
from ptt_rules.logs.detect import READABLE, Format, find_log
from ptt_rules.logs.frame import RunLog, check_frame, frame_of
from ptt_rules.logs.run_directory import read_journal, read_run_directory
from ptt_rules.logs.table import read_csv, read_parquet
from ptt_rules.logs.tensorboard import read_tensorboard
from ptt_rules.logs.trainer_state import read_trainer_state


def read_log(path: str | os.PathLike[str]) -> RunLog:
    """The metric frame of a run's log.

    Errors: PTT401 to PTT403, PTT404 for a reader that is not installed, PTT501 for a row
            whose step is none
    """
    place = Path(path)
    hint = f"give {READABLE}"
    if not place.exists():
        raise PttError.of("PTT402", "there is no such run log", file=str(place), hint=hint)
    try:
        return _read(*find_log(place))
    except (OSError, UnicodeError) as error:
        message = f"this file cannot be read ({error})"
        raise PttError.of("PTT401", message, file=str(place), hint=hint) from error


def _read(kind: Format, place: Path) -> RunLog:
    if kind is Format.RUN_DIRECTORY:
        return read_run_directory(place)
    if kind is Format.JSON_LINES:
        return _read_json_lines(place)
    if kind is Format.TENSORBOARD:
        rows, config = read_tensorboard(place)
        return replace(frame_of(rows, file=str(place)), config=config)
    if kind is Format.TRAINER_STATE:
        rows, config = read_trainer_state(place)
        return replace(frame_of(rows, file=str(place)), config=config)
    table = read_csv(place) if kind is Format.CSV else read_parquet(place)
    return check_frame(table, file=str(place))


def _read_json_lines(path: Path) -> RunLog:
    """Errors: PTT403 if its only line is torn; the journal of a run may be such a file"""
    log = read_journal(path)
    if log.torn and log.frame.is_empty():
        message = "this log has no steps: its only line is not finished"
        raise PttError.of("PTT403", message, file=str(path), hint=f"give {READABLE}")
    return log
