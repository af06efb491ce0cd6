"""What takes part in a run beside its rules: guards, snapshots, trackers, measurements of ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ptt_rules import Action, Event
    from ptt_runtime.run import Run

Metrics = Mapping[str, Any]


class Part:
    """The hooks of one concern of a run; each does nothing unless a part says otherwise.

    Hooks run on every rank, in the order of the parts, so that they may use `run.ranks`. What a
    hook raises is told once, recorded and contained: one that uses `run.ranks` must not be able to
    fail before on one rank alone. Metrics that a hook returns join the frame as a log event of
    their own at that step; those of the first rank are judged.

    Cost: nothing for a hook that a part does not have
    """

    def is_due(self, step: int) -> bool:
        """Whether `step_end` may return metrics at a step, and ranks exchange what is decided.

        All ranks must say the same, so it depends on the step alone. What is decided on metrics of
        other steps is carried out at the next log event.
        """
        return False

    def check(self, run: Run) -> None:
        """Before the first step: what this trainer lacks is an error now. Errors: PttError"""

    def start(self, run: Run) -> Metrics | None:
        """The run begins, or goes on after a resume; its directory is there."""
        return None

    def step_begin(self, run: Run) -> None:
        """A step begins, before its forward pass."""

    def before_update(self, run: Run) -> None:
        """Gradients are there and clipped, the optimizer has not yet used them."""

    def step_end(self, run: Run) -> Metrics | None:
        """A step ended; its row is not logged yet."""
        return None

    def told(self, run: Run, events: Sequence[Event], actions: Sequence[Action]) -> None:
        """Rows were judged: what changed, on the first rank, and on all what was decided."""

    def saved(self, run: Run, checkpoint: Path) -> None:
        """The trainer saved a checkpoint; the engine's state is beside it."""

    def train_end(self, run: Run) -> Metrics | None:
        """The training ended as the trainer meant it; the frame is not written yet."""
        return None

    def end(self, run: Run) -> None:
        """The run ended, in whatever way; the frame is written."""
