"""Sibling runs as callers name them: read at once, and known by their digest."""

from __future__ import annotations

import hashlib
import os
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from glob import glob, has_magic
from pathlib import Path
from typing import Any

import polars as pl

from ptt_rules.border import described, one_line
from ptt_rules.language import PttError
from ptt_rules.logs.frame import RunLog
from ptt_rules.logs.given import open_run
from ptt_rules.logs.rows import POSITION_KEYS
from ptt_rules.logs.siblings import SiblingMetric, Siblings

_HINT = "pass paths, frames or lists of log dicts, such as `['runs/good-1', 'runs/good-2']`"


@dataclass(frozen=True)
class NamedSibling:
    """A sibling run as it was when it was named: what is written to it later is not seen."""

    frame: pl.DataFrame = field(repr=False)
    path: str | None = None

    def metric(self, keys: Sequence[str]) -> SiblingMetric | None:
        """A metric by its keys, in each row the first that the row has; None: it has none."""
        present = [key for key in keys if key in self.frame.columns and key not in POSITION_KEYS]
        if not present:
            return None
        logged = self.frame.select("step", pl.coalesce(present).alias("of")).drop_nulls("of")
        end = self.frame["step"][-1]
        return SiblingMetric(logged["step"].to_list(), logged["of"].to_list(), end)

    @property
    def digest(self) -> str:
        """Of its steps and metrics, whatever file they were read from."""
        digest = hashlib.sha256()
        for name in sorted({"step", *self.frame.columns} - (POSITION_KEYS - {"step"})):
            column = self.frame[name]
            digest.update(name.encode() + b"\0" + bytes(column.is_null().to_list()))
            digest.update(array("d", column.cast(float).fill_null(0.0).to_list()).tobytes())
        return digest.hexdigest()

    def to_json(self) -> dict[str, Any]:
        return {"path": self.path, "digest": self.digest, "rows": self.frame.height}


def sibling_runs(given: Any, own: str | os.PathLike[str] | None = None) -> tuple[NamedSibling, ...]:
    """One run, or several, each as `replay` takes it, or a pattern of paths.

    `own` is the folder of the run itself, which a pattern may match: it is left out.

    Errors: PTT401 to PTT404 and PTT501 for what is not a log
    """
    return tuple(_read(one) for each in _each(given) for one in _paths(each, own))


def recorded_siblings(pinned: Any, folder: Path) -> Siblings:
    """The runs that a run directory names, or why they cannot be compared with any more.

    With some of them gone the median would be another one: then there are none.
    """
    named = [one for one in pinned if isinstance(one, Mapping)] if isinstance(pinned, list) else []
    found: list[NamedSibling] = []
    for one in named:
        run = _recorded(one, folder)
        if isinstance(run, str):
            return Siblings(lost=f"{run}; name its sibling runs with `--siblings`")
        found.append(run)
    return Siblings(tuple(found))


def _recorded(pinned: Mapping[str, Any], folder: Path) -> NamedSibling | str:
    """A run that is what it was, or what became of it."""
    path = pinned.get("path")
    if not isinstance(path, str):
        return "a sibling run was passed as a table, of which only the digest is kept"
    changed = False
    for place in dict.fromkeys((Path(path), folder.parent / Path(path).name)):
        try:
            run = _read(str(place))
        except PttError:
            continue
        if run.digest == pinned.get("digest"):
            return run
        changed = True
    became = "has other rows than when the run was judged" if changed else "is gone"
    return f"the sibling run `{one_line(path)}` {became}"


def _each(given: Any) -> Iterable[Any]:
    """Errors: PTT401 for one run's rows, which are not runs"""
    if isinstance(given, (str, os.PathLike, RunLog, pl.DataFrame, pl.LazyFrame)):
        return (given,)
    if isinstance(given, Mapping) or not isinstance(given, Iterable):
        message = f"sibling runs cannot be read from {described(given)}"
        raise PttError.of("PTT401", message, hint=_HINT)
    return given


def _paths(given: Any, own: str | os.PathLike[str] | None) -> Iterator[Any]:
    """What a pattern matches, in the order of names; else what is given.

    Errors: PTT402 if it matches nothing
    """
    if not isinstance(given, str) or not has_magic(given) or os.path.exists(given):
        yield given
        return
    found = sorted(glob(given))
    if not found:
        hint = "name the logs or run directories of finished runs"
        raise PttError.of("PTT402", f"no run log matches `{given}`", hint=hint)
    for path in found:
        if own is None or os.path.realpath(path) != os.path.realpath(own):
            yield path


def _read(given: Any) -> NamedSibling:
    """Errors: PTT401 to PTT404"""
    path = os.fspath(given) if isinstance(given, (str, os.PathLike)) else None
    frame = open_run(given).read().frame
    if not frame.height:
        message = "this sibling run has no rows"
        raise PttError.of("PTT403", message, file=path or "", hint="leave it out")
    return NamedSibling(frame, path)
