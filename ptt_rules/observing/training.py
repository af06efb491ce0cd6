"""A training as what judges, records and answers it sees it, whoever trains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from ptt_rules.observing.resuming import Origin, Past, RunMark
from ptt_rules.runs import Siblings


class TrainingView(Protocol):
    """What is known of a training beside its rows."""

    @property
    def algorithm(self) -> str: ...

    @property
    def step(self) -> int:
        """The newest step whose update was made."""

    @property
    def max_steps(self) -> float:
        """The last step as planned; infinite where nobody says it."""

    @property
    def config(self) -> Mapping[str, Any]:
        """What rules read as `config.NAME`."""

    @property
    def planned(self) -> Mapping[str, Any]:
        """What was made of the arguments for this training."""

    @property
    def facts(self) -> Mapping[str, float]:
        """What rules read as `run.NAME`."""

    @property
    def siblings(self) -> Siblings:
        """The runs that it is compared with."""

    @property
    def stack(self) -> str | None:
        """The framework whose keys it logs, where somebody says it."""

    @property
    def trl_version(self) -> str | None:
        """The version of TRL that trains; None where something else does."""

    @property
    def is_first(self) -> bool:
        """Whether this process is the one that judges for all."""

    # ---- where it saves, and from where it goes on -------------------------------------------

    @property
    def output_dir(self) -> Path | None:
        """Where it saves; None where that is not known."""

    @property
    def checkpoint(self) -> Path:
        """Where the checkpoint of the present step is saved."""

    @property
    def holder(self) -> object:
        """What its run directory is held for, as long as that lives."""

    @property
    def history(self) -> Sequence[Mapping[str, Any]]:
        """The rows that its trainer keeps itself."""

    @property
    def past(self) -> Past | None:
        """What it goes on from; None for a training that begins."""

    def origin(self) -> Origin | None:
        """The checkpoint that it goes on from; None for a training that begins."""

    def leave_mark(self, mark: RunMark, instead_of: str | None) -> None:
        """Has its checkpoints say of which run they are; `instead_of` is one that it follows."""

    def gone_on(self, past: Past | None) -> TrainingView:
        """The same one, with what it goes on from."""

    def logged_by(self, stack: str) -> TrainingView:
        """The same one, with the framework that its rows show."""

    def judged_as(self, algorithm: str) -> TrainingView:
        """The same one, of another algorithm, as its first rows show."""
