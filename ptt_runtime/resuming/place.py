"""Where the trainings of one callback are recorded, and what they leave in their checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ptt_runtime.resuming.home import Home, HomeWish, home_of, new_home
from ptt_runtime.resuming.marks import leave_mark
from ptt_runtime.resuming.origin import Origin, origin_of
from ptt_runtime.resuming.past import Past
from ptt_runtime.resuming.saved_run import RunMark
from ptt_runtime.run_directory import RunDirectory


class Place:
    """The directory of the newest training; none on other ranks than the first.

    `output_dir` is where a trainer saves, `state` is its own.
    """

    def __init__(self, wanted: Path | None, say: Callable[[str], None]) -> None:
        self._wanted = wanted
        self._say = say
        self._home: Home | None = None
        self._marked: str | None = None
        """The run that was last left in a trainer's state."""

    @property
    def directory(self) -> RunDirectory | None:
        return self._home.directory if self._home else None

    def settle(
        self, algorithm: str, output_dir: Path, state: Any, *, is_first: bool, is_retry: bool
    ) -> Past | None:
        """Claims a directory, on the first rank; what the training goes on from, if it does.

        A retry is recorded where the attempt before it was.
        """
        origin = origin_of(state, output_dir) if state.global_step > 0 else None
        if not is_retry:
            wish = HomeWish(self._wanted, algorithm, output_dir, state)
            self._home = self._found(wish, origin) if is_first else None
        return Past.of(origin, self._home) if origin else None

    def _found(self, wish: HomeWish, origin: Origin | None) -> Home:
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

    def provenance(self, output_dir: Path, step: int) -> dict[str, Any]:
        """What of `run.json` is of the directory, and not of the training alone."""
        if self._home is None:
            return {}
        own = {"run_id": self._home.directory.run_id, "output_dir": str(output_dir.resolve())}
        branch_of = self._home.branch_of
        if branch_of is None:
            return own
        return {**own, "branch_of": branch_of.run_id, "branch_step": step}

    def leave_mark(self, output_dir: Path, state: Any, past: Past | None) -> None:
        """Has the trainer save with its checkpoints of which run they are."""
        if self._home is not None:
            directory = self._home.directory
            mark = RunMark.of(directory.run_id, directory.path, output_dir)
            leave_mark(state, mark, past.run_id if past else self._marked)
            self._marked = directory.run_id

    def give_back(self) -> None:
        """The training did not begin, and leaves no directory."""
        if self._home is not None:
            with suppress(OSError):
                self._home.directory.release()
            self._home = None
