"""The log that a test replays: a pack of a stranger reads nothing outside of its own folder."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from ptt_rules.border import check_regular
from ptt_rules.language import Diagnostic, PttError
from ptt_rules.logs import RunLog, read_log

_OUTSIDE = "PTT321"
_NO_LOG = "PTT401"


def replayed_log(named: str, beside: Path, folder: Path) -> RunLog:
    """The log in a regular file of the pack's `folder`; its path begins at the folder `beside`.

    What is reported of it never shows a line of the file: packs are tested where others read along.

    Errors: PTT321 for a path out of the pack's folder, PTT401 to PTT404 and PTT501 for the log
    """
    path = beside / named
    is_outside = "\0" in named or Path(named).is_absolute() or not _is_inside(path, folder)
    if is_outside:
        raise _outside(path)
    _check_regular(path)
    try:
        return read_log(path)
    except PttError as error:
        raise PttError(_quiet(one, path) for one in error.diagnostics) from error


def _is_inside(path: Path, folder: Path) -> bool:
    """Unlike `Path.resolve`, this also takes links that lead in a circle."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _check_regular(path: Path) -> None:
    """Errors: PTT401 for folders, pipes, devices and what cannot be looked at; nothing is opened"""
    try:
        check_regular(path)
    except FileNotFoundError:
        return  # the reader says what is missing
    except OSError as error:
        hint = "name one regular file, such as `traces/run.jsonl`"
        raise PttError.of(_NO_LOG, str(error.strerror), file=str(path), hint=hint) from error


def _outside(path: Path) -> PttError:
    hint = "put the log beside the test, and write its path from there on"
    message = "a test reads logs in the folder of its pack only; this one was not read"
    return PttError.of(_OUTSIDE, message, file=str(path), hint=hint)


def _quiet(found: Diagnostic, path: Path) -> Diagnostic:
    """The reader of logs quotes how a file begins that is not a log."""
    if found.code != _NO_LOG:
        return found
    hint = f"`ptt replay {path}` says what is wrong with it"
    return replace(found, message="this is not the log of a run", hint=hint)
