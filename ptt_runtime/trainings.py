"""How the trainings of one callback begin: each gets its rules, its directory and its parts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from ptt_rules import Arming, Pack
from ptt_rules.language.stacks import Guess
from ptt_runtime.algorithms import is_plain
from ptt_runtime.chosen import ChosenRules
from ptt_runtime.console import Console
from ptt_runtime.distributed import Ranks
from ptt_runtime.options import Options
from ptt_runtime.provenance import library_versions, provenance, rules_of_run
from ptt_runtime.recorder import Outlets
from ptt_runtime.resuming import Place
from ptt_runtime.run import Run
from ptt_runtime.training import Training

Hold = Callable[[], AbstractContextManager[None]]
"""A block that signals do not break off."""


class Trainings:
    """What stays the same over the trainings of a callback, and makes the run of each of them.

    Errors: PttError, at once for what is wrong with every trainer
    """

    def __init__(
        self, chosen: ChosenRules, options: Options, place: Place, console: Console
    ) -> None:
        self._chosen = chosen
        self._options = options
        self._console = console
        self._place = place
        self._actuator = options.actuator()
        self._actuator.check(chosen.foreseen)

    @property
    def directory(self) -> Path | None:
        """Where the newest training is recorded; None on other ranks than the first."""
        return self._place.directory.path if self._place.directory else None

    def give_back(self) -> None:
        """The training did not begin, and leaves no directory."""
        self._place.give_back()

    def run(self, training: Training, ranks: Ranks, hold: Hold, *, is_retry: bool) -> Run:
        """The run with its parts, before anything is written or exchanged.

        Errors: PttError, for what is wrong with this training
        """
        is_alone = ranks.world_size == 1
        pack = self._chosen.for_run(
            training.algorithm,
            beside=self._options.packs(is_alone=is_alone),
            say=self._console.detail,  # the first line names what judges
        )
        past = self._place.settle(
            training.algorithm,
            training.output_dir,
            training.state,
            is_first=training.state.is_world_process_zero,
            is_retry=is_retry,
        )
        run = Run(
            pack,
            replace(training, past=past),
            self._actuator,
            self._outlets(),
            ranks=ranks,
            parts=self._options.parts(is_alone=is_alone),
        )
        run.judging.hold = hold
        run.check()
        return run

    def _outlets(self) -> Outlets:
        return Outlets(
            console=self._console,
            directory=self._place.directory,
            most_reports=self._options.most_reports,
            fail_fast=self._options.fail_fast,
        )

    def begin(self, run: Run, *, is_retry: bool) -> None:
        """Begins the record, goes on where the training does, and marks the trainer's state."""
        training = run.training
        arming = self._arming(run.pack, training)
        run.start(arming, lambda: self._provenance(run))
        self._keep(run)
        if training.past is not None:
            with run.contain("PTT503", "the state before the resume is lost"):
                run.resume(training.past)
        elif is_retry:
            run.try_again()
        run.act()

    def judge_by(self, run: Run, found: Guess) -> None:
        """Has a run judged by the rules of what its keys show.

        Errors: PttError, for a policy that this training cannot have
        """
        is_alone = run.ranks.world_size == 1
        pack = self._chosen.for_run(
            found.algorithm,
            beside=self._options.packs(is_alone=is_alone),
            say=self._console.detail,
        )
        training = replace(run.training, algorithm=found.algorithm)
        row = run.judging.engine.rows + 1
        self._console.say(f"`{found.by}` is logged: judged as {found.algorithm} from row {row}")
        run.judge_by(pack, training, self._arming(pack, training), rules_of_run(training, pack))
        self._keep(run)

    def _keep(self, run: Run) -> None:
        """Keeps the packs that are in no file with the run, and says what of them stops it."""
        run.keep(self._chosen.texts(run.training.algorithm))
        stops = self._chosen.stops(run.pack)
        if stops:
            run.say(stops)

    def leave_mark(self, training: Training) -> None:
        """Has the trainer save with its checkpoints of which run they are."""
        self._place.leave_mark(training.output_dir, training.state, training.past)

    def _provenance(self, run: Run) -> dict[str, Any]:
        training = run.training
        own = self._place.provenance(training.output_dir, training.step)
        return {**provenance(training, run.pack), **own}

    def _arming(self, pack: Pack, training: Training) -> Arming:
        """Which detectors this training feeds."""
        takes_snapshots = self._options.snapshots is not None
        return pack.armed(
            training.algorithm,
            None if is_plain(training.algorithm) else library_versions().get("trl"),
            {**training.config, **training.planned, "snapshots": takes_snapshots},
            training.siblings,
            facts=training.facts,
        )
