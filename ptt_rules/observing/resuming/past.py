"""What a training goes on from, as the rest of the runtime needs it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ptt_rules.observing.resuming.home import Home
from ptt_rules.observing.resuming.origin import Origin
from ptt_rules.observing.resuming.saved_run import SavedRun


@dataclass(frozen=True, slots=True)
class Past:
    """The checkpoint that a training goes on from, and the run that it is of.

    Null: `checkpoint` is None where it was not found; `run_id` is None for a checkpoint that was
          saved without ptt, and on other ranks than the first
    """

    checkpoint: Path | None
    run_id: str | None = None
    saved: SavedRun | None = None
    """What the checkpoint says of the run; None where it says nothing that can be read."""
    damage: str = ""
    """Why it cannot be read."""
    source: Path | None = None
    """Where rows and findings come from, if the directory is a new one."""

    @classmethod
    def of(cls, origin: Origin, home: Home | None) -> Past:
        branch_of = home.branch_of if home else None
        run_id = branch_of.run_id if branch_of else None
        if home is not None and home.goes_on:
            run_id = home.directory.run_id
        saved = origin.saved if origin.saved and origin.saved.mark.run_id == run_id else None
        source = home.source if home else None
        return cls(origin.folder, run_id, saved, origin.damage, source)

    @property
    def is_known(self) -> bool:
        return self.run_id is not None
