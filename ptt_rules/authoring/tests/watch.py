"""Waiting for a change of `.ptt` files, without a library: their times are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

Times = Mapping[Path, int]


def times_of(paths: Iterable[str]) -> Times:
    """When each `.ptt` file at or beside some paths was last written."""
    folders = {path if path.is_dir() else path.parent for path in map(Path, paths)}
    times = {}
    for file in (file for folder in folders for file in folder.glob("**/*.ptt")):
        try:
            times[file] = file.stat().st_mtime_ns
        except FileNotFoundError:  # an editor is just putting a new one in its place
            continue
    return times


def changed(before: Times, after: Times) -> list[Path]:
    """The files that are new, gone or written anew."""
    return sorted(file for file in {*before, *after} if before.get(file) != after.get(file))
