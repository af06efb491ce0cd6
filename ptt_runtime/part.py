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
    hook raises is told once, recorded and contained. Metrics that a hook returns join the frame
    as a log event of their own at that step, and are judged on every rank: they must be the same
    on all of them.
    """

    def check(self, run: Run) -> None:
        """Before the first step: what this trainer lacks is an error now. Errors: PttError"""

    def start(self, run: Run) -> None:
        """The run begins, or goes on after a resume; its directory is there."""

    def step_begin(self, run: Run) -> None:
        """A step begins, before its forward pass."""

    def before_update(self, run: Run) -> None:
        """Gradients are there and clipped, the optimizer has not yet used them."""

    def step_end(self, run: Run) -> Metrics | None:
        """A step ended; its row is not logged yet."""
        return None

    def told(self, run: Run, events: Sequence[Event], actions: Sequence[Action]) -> None:
        """A row was judged: what changed, and what the policy decided; often nothing."""

    def saved(self, run: Run, checkpoint: Path) -> None:
        """The trainer saved a checkpoint; the engine's state is beside it."""

    def end(self, run: Run) -> None:
        """The run ended, in whatever way; the frame is written."""
