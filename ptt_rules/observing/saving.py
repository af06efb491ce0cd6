"""What a run has to do around the saves of its checkpoints, as far as ptt has a part in them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, Protocol

from ptt_rules.evaluation import Action
from ptt_rules.observing.view import RunView
from ptt_rules.runs import WayBack


class SavingRun(RunView, Protocol):
    """What saves see of a run beside what all see: how to change them, and what not to lose."""

    control: Any
    """The trainer's flags at the present event."""

    def way_back(self, acted_on: Collection[str]) -> WayBack:
        """From where the run can go on; what a policy has acted on counts as bad."""


class Saving(Protocol):
    """The saves of one training. All methods are called on every rank alike."""

    def ask(self, run: SavingRun, action: Action) -> bool:
        """A policy asks for a checkpoint at this step; whether there will be one."""

    def prepare(self, run: SavingRun, *, has_evaluated: bool = False) -> None:
        """The trainer may be about to save; asked as often as more is known of the step."""

    def saved(self, run: SavingRun, checkpoint: Path) -> None:
        """The trainer has saved."""

    def restore(self, run: SavingRun) -> None:
        """The arguments of the trainer are as they were."""
