"""From which checkpoint a training goes on, and of which run that checkpoint is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ptt_rules.observing.resuming.saved_run import RunMark, SavedRun
from ptt_rules.observing.sealed import Damaged


@dataclass(frozen=True, slots=True)
class Origin:
    """A checkpoint that a training goes on from.

    Null: `folder` is None where nothing tells which folder it is, and nothing looks like it
    """

    folder: Path | None
    marks: tuple[RunMark, ...]
    """The runs that it may be of: several where several callbacks recorded them."""
    saved: SavedRun | None = None
    damage: str = ""

    @property
    def is_known(self) -> bool:
        """Whether it was saved by a run that ptt recorded."""
        return bool(self.marks)

    @property
    def name(self) -> str:
        return self.folder.name if self.folder else "the checkpoint"

    def run_dir(self, mark: RunMark) -> Path | None:
        """Where the checkpoint says that the run is recorded."""
        if self.folder is None or mark.run_dir is None:
            return None
        path = Path(os.path.normpath(self.folder.absolute().parent / mark.run_dir))
        return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def read_saved(folder: Path) -> tuple[SavedRun | None, str]:
    """What a checkpoint says of its run, and where it cannot be read, why."""
    try:
        return SavedRun.read(folder), ""
    except (OSError, Damaged, KeyError, TypeError) as error:
        return None, f"{type(error).__name__}: {error}"
