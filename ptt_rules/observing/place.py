"""Where the trainings of one callback or monitor are recorded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ptt_rules.observing.resuming import Home, HomeWish, Origin, Past, RunMark, home_of, new_home
from ptt_rules.observing.run_directory import RunDirectory
from ptt_rules.observing.training import TrainingView


class Place:
    """The directory of the newest training; none on other ranks than the first."""

    def __init__(self, wanted: Path | None, say: Callable[[str], None]) -> None:
        self._wanted = wanted
        self._say = say
        self._home: Home | None = None
        self._marked: str | None = None
        """The run that a training was last said to be of."""

    @property
    def directory(self) -> RunDirectory | None:
        return self._home.directory if self._home else None

    def settle(self, training: TrainingView, *, is_retry: bool) -> Past | None:
        """Claims a directory, on the first rank; what the training goes on from, if it does.

        A retry is recorded where the attempt before it was.
        """
        origin = training.origin()
        if not is_retry:
            self._home = self._found(training, origin) if training.is_first else None
        return Past.of(origin, self._home) if origin else None

    def _found(self, training: TrainingView, origin: Origin | None) -> Home:
        wish = HomeWish(self._wanted, training.algorithm, training.output_dir, training.holder)
        home = home_of(origin, wish) if origin else new_home(wish)
        self._say_where(home)
        return home

    def _say_where(self, home: Home) -> None:
        path, wanted = home.directory.path, self._wanted
        if home.branch_of is not None:
            which = f"the run in {home.source}" if home.source else "the run of the checkpoint"
            self._say(f"{which} is not gone on with, since {home.why}")
            self._say(f"a branch of it begins in {path}")
        elif wanted is not None and path != wanted and not home.goes_on:
            self._say(f"{wanted} holds another run")

    def provenance(self, training: TrainingView) -> dict[str, Any]:
        """What of `run.json` is of the directory, and not of the training alone."""
        if self._home is None:
            return {}
        own: dict[str, Any] = {"run_id": self._home.directory.run_id}
        if training.output_dir is not None:
            own["output_dir"] = str(training.output_dir.resolve())
        branch_of = self._home.branch_of
        if branch_of is None:
            return own
        return {**own, "branch_of": branch_of.run_id, "branch_step": training.step}

    def leave_mark(self, training: TrainingView) -> None:
        """Has the checkpoints of a training say of which run they are."""
        if self._home is not None and training.output_dir is not None:
            directory, past = self._home.directory, training.past
            mark = RunMark.of(directory.run_id, directory.path, training.output_dir)
            training.leave_mark(mark, past.run_id if past else self._marked)
            self._marked = directory.run_id

    def give_back(self) -> None:
        """The training did not begin, and leaves no directory."""
        if self._home is not None:
            with suppress(OSError):
                self._home.directory.release()
            self._home = None
