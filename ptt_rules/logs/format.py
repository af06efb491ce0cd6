"""What is known of a log format, in one row: how a log of it is known, and what reads it.

A row stands in the file of its reader; `detect.FORMATS` has them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ptt_rules.logs.stream import LogStream

Runs = Mapping[str, Callable[[], LogStream]]
"""The runs that one place holds, by the names that people know them by."""


def _no_folder(folder: Path) -> Path | None:
    return None


def _no_file(path: Path, line: bytes) -> bool:
    return False


def _no_runs(path: Path) -> Runs:
    return {}


@dataclass(frozen=True, slots=True)
class LogFormat:
    """A format of run logs: what reads one run, or the runs that one file or folder holds."""

    phrase: str
    """What to give, for people."""
    open: Callable[[Path], LogStream] | None = None
    runs: Callable[[Path], Runs] = _no_runs
    """Asked where `open` is not given."""
    in_folder: Callable[[Path], Path | None] = _no_folder
    """What to read of a folder; None where it holds no log of this format."""
    is_file: Callable[[Path, bytes], bool] = _no_file
    """Whether a file is one, by its name and its first line with something on it."""
    is_binary: bool = False
    """Whether it is not text, so that what its first line looks like says nothing."""
    may_be_torn: bool = False
    """Whether its only line may be one that is not finished: a run that has just begun."""
