"""What the callback leaves beside a checkpoint, to know the run again."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ptt_rules.observing.resuming.differences import Difference, Weight
from ptt_rules.observing.sealed import sealed, unsealed
from ptt_rules.runs import WEIGHTS, write_whole

CHECKPOINT_RUN = "ptt_run.json"
"""Beside a checkpoint: of which run it is, and a sample of the weights that were saved."""
_HOST = socket.gethostname()
"""Trainers write it into the names of runs and of folders."""
_SHORT = 3
_SHOWN_DIGITS = 12
"""Of a digest: people see from them that it is another one."""
_STAYS_HERE = ("host", "run_id", "output_dir")
"""What of a provenance is of this machine, or of the run itself."""


@dataclass(frozen=True, slots=True)
class RunMark:
    """The name of a run as a checkpoint has it: its id, and the way to its directory.

    Null: `run_dir` is None where the way leads over the root of the disk, which tells where things
          are on this machine
    """

    run_id: str
    run_dir: str | None
    """From the folder in which the checkpoint is."""

    @classmethod
    def of(cls, run_id: str, run_dir: Path, output_dir: Path) -> RunMark:
        here, there = output_dir.resolve(), run_dir.resolve()
        is_near = len(Path(os.path.commonpath([here, there])).parts) > 1
        return cls(run_id, os.path.relpath(there, here) if is_near else None)

    @classmethod
    def from_json(cls, told: Any) -> RunMark | None:
        """None for what is not a mark: others write into these files too."""
        run_id = told.get("run_id") if isinstance(told, Mapping) else None
        run_dir = told.get("run_dir") if isinstance(told, Mapping) else None
        if not isinstance(run_id, str) or not run_id:
            return None
        return cls(run_id, run_dir if isinstance(run_dir, str) and run_dir else None)

    def to_json(self) -> dict[str, Any]:
        return {"run_id": self.run_id, "run_dir": self.run_dir}


@dataclass(frozen=True, slots=True)
class SavedRun:
    """What a checkpoint says of the run that saved it."""

    provenance: Mapping[str, Any]
    mark: RunMark
    weights: str | None
    """A sample of the weights as they were saved."""

    def write(self, checkpoint: Path) -> None:
        """Errors: OSError"""
        told = {
            **self.mark.to_json(),
            "weights_sample_sha256": self.weights,
            "provenance": travelling(self.provenance),
        }
        write_whole(checkpoint / CHECKPOINT_RUN, sealed(told))

    @classmethod
    def read(cls, checkpoint: Path) -> SavedRun | None:
        """Null: a checkpoint of a run without ptt. Errors: OSError, Damaged, KeyError"""
        path = checkpoint / CHECKPOINT_RUN
        if not path.is_file():
            return None
        told = unsealed(path.read_bytes())
        mark = RunMark(told["run_id"], told["run_dir"])
        return cls(told["provenance"], mark, told["weights_sample_sha256"])

    def weights_difference(
        self, now: str | None, now_provenance: Mapping[str, Any]
    ) -> Difference | None:
        """Whether the trainer goes on with other weights than this checkpoint was saved with.

        Where they are sharded over another number of processes, samples do not compare.
        """
        same_ranks = self.provenance.get("world_size") == now_provenance.get("world_size")
        if not same_ranks or None in (self.weights, now) or self.weights == now:
            return None
        meaning = "not those that this checkpoint was saved with"
        before, present = str(self.weights)[:_SHOWN_DIGITS], str(now)[:_SHOWN_DIGITS]
        return Difference(WEIGHTS, before, present, Weight.SERIOUS, meaning)


def travelling(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """A provenance that may leave this machine: without its name, and without its paths.

    A checkpoint is copied, shared and published; of an absolute path its last part goes along.
    """
    return {
        key: _without_paths(value) for key, value in provenance.items() if key not in _STAYS_HERE
    }


def _without_paths(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_paths(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_paths(one) for one in value]
    if not isinstance(value, str):
        return value
    if value.startswith(("/", "~", "file:")) or os.path.isabs(value):
        return os.path.basename(value.rstrip("/")) or "/"
    return value.replace(_HOST, "HOST") if len(_HOST) > _SHORT else value
