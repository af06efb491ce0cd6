"""What the callback leaves beside a checkpoint, to know the run again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ptt_rules.runs import document_text, write_whole
from ptt_runtime.resuming.differences import Difference, Weight

CHECKPOINT_RUN = "ptt_run.json"
"""Beside a checkpoint: of which run it is, and a sample of the weights that were saved."""


@dataclass(frozen=True, slots=True)
class SavedRun:
    """What a checkpoint says of the run that saved it."""

    provenance: Mapping[str, Any]
    run_dir: str | None
    weights: str | None
    """A sample of the weights as they were saved."""

    def write(self, checkpoint: Path) -> None:
        """Errors: OSError"""
        told = {
            "run_dir": self.run_dir,
            "weights_sample_sha256": self.weights,
            "provenance": dict(self.provenance),
        }
        write_whole(checkpoint / CHECKPOINT_RUN, document_text(told))

    @classmethod
    def read(cls, checkpoint: Path) -> SavedRun | None:
        """Null: a checkpoint of a run without ptt. Errors: OSError, ValueError, KeyError"""
        path = checkpoint / CHECKPOINT_RUN
        if not path.is_file():
            return None
        told = json.loads(path.read_text(encoding="utf-8"))
        return cls(told["provenance"], told["run_dir"], told["weights_sample_sha256"])

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
        return Difference(
            "the digest of sampled weights", self.weights, now, Weight.SERIOUS, meaning
        )
