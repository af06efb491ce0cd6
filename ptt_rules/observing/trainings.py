"""How the trainings of one callback or monitor begin: each gets rules, a directory and parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from ptt_rules.language import ActionKind
from ptt_rules.language.stacks import Found, Guess, Stack
from ptt_rules.observing.actions import Actuator, Handler
from ptt_rules.observing.chosen import ChosenRules
from ptt_rules.observing.console import Console
from ptt_rules.observing.part import Part
from ptt_rules.observing.place import Place
from ptt_rules.observing.provenance import rules_of_run
from ptt_rules.observing.ranks import RanksView
from ptt_rules.observing.recorder import Outlets
from ptt_rules.observing.run import Run
from ptt_rules.observing.saving import Saving
from ptt_rules.observing.training import TrainingView
from ptt_rules.packs import Arming, Pack

Hold = Callable[[], AbstractContextManager[None]]
"""A block that signals do not break off."""


class Outfit(Protocol):
    """What trainings are made with beside their rules and their place; the same for all of them."""

    @property
    def most_reports(self) -> int: ...
    @property
    def fail_fast(self) -> bool: ...

    def parts(self, *, is_alone: bool) -> list[Part]:
        """The parts of one run, in the order in which they are called."""

    def packs(self, *, is_alone: bool) -> list[str]:
        """The packs on what the parts measure, beside that of the algorithm."""

    def handlers(self) -> Mapping[ActionKind, Handler]:
        """What carries out the actions of a policy."""

    def saves(self) -> Saving:
        """What is done around the saves of one run."""

    def describe(self, run: Run) -> dict[str, Any]:
        """What `run.json` says of a run."""

    def armed(self, pack: Pack, training: TrainingView) -> Arming:
        """Which detectors a training feeds."""


class Trainings:
    """What stays the same over the trainings of a callback, and makes the run of each of them.

    Errors: PttError, at once for what is wrong with every trainer
    """

    def __init__(self, chosen: ChosenRules, outfit: Outfit, place: Place, console: Console) -> None:
        self._chosen = chosen
        self._outfit = outfit
        self._console = console
        self._place = place
        self._actuator = Actuator(outfit.handlers())
        self._actuator.check(chosen.foreseen)

    def warn(self, text: str) -> None:
        """Says what people want to hear of even where little is said."""
        self._console.warn(text)

    @property
    def directory(self) -> Path | None:
        """Where the newest training is recorded; None on other ranks than the first."""
        return self._place.directory.path if self._place.directory else None

    def give_back(self) -> None:
        """The training did not begin, and leaves no directory."""
        self._place.give_back()

    def rules(self, training: TrainingView, *, is_alone: bool) -> Pack:
        """What judges a training. Errors: PttError"""
        return self._chosen.for_run(
            training.algorithm,
            beside=self._outfit.packs(is_alone=is_alone),
            say=self._console.detail,  # the first line names what judges
        )

    def run(self, training: TrainingView, ranks: RanksView, hold: Hold, *, is_retry: bool) -> Run:
        """The run with its parts, before anything is written or exchanged.

        Errors: PttError, for what is wrong with this training
        """
        is_alone = ranks.world_size == 1
        pack = self.rules(training, is_alone=is_alone)
        past = self._place.settle(training, is_retry=is_retry)
        run = Run(
            pack,
            training.gone_on(past),
            self._actuator,
            self._outlets(),
            ranks=ranks,
            parts=self._outfit.parts(is_alone=is_alone),
            saves=self._outfit.saves(),
        )
        run.judging.hold = hold
        run.check()
        return run

    def _outlets(self) -> Outlets:
        return Outlets(
            console=self._console,
            directory=self._place.directory,
            most_reports=self._outfit.most_reports,
            fail_fast=self._outfit.fail_fast,
        )

    def begin(self, run: Run, *, is_retry: bool) -> None:
        """Begins the record, goes on where the training does, and marks the trainer's state."""
        arming = self._outfit.armed(run.pack, run.training)
        run.judging.on_named = lambda stack: self._rearm(run, stack)
        run.start(arming, lambda: self._provenance(run))
        self._keep(run)
        if run.training.past is not None:
            with run.contain("PTT503", "the state before the resume is lost"):
                run.resume(run.training.past)
        elif is_retry:
            run.try_again()
        run.act()

    def judge_by(self, run: Run, found: Guess, logged_by: Found | None) -> None:
        """Has a run judged by the rules of what its keys show; `logged_by` is who logs them.

        Errors: PttError, for a policy that this training cannot have
        """
        is_alone = run.ranks.world_size == 1
        pack = self._chosen.for_run(
            found.algorithm,
            beside=self._outfit.packs(is_alone=is_alone),
            say=self._console.detail,
        )
        training = run.training.judged_as(found.algorithm)
        if training.stack is None and logged_by is not None:
            training = training.logged_by(logged_by.stack.name)
        row = run.judging.engine.rows + 1
        self._console.say(f"`{found.by}` is logged: judged as {found.algorithm} from row {row}")
        arming = self._outfit.armed(pack, training)
        run.judge_by(pack, training, arming, rules_of_run(training, pack))
        self._keep(run)

    def _keep(self, run: Run) -> None:
        """Keeps the packs that are in no file with the run, and says what of them stops it."""
        run.keep(self._chosen.texts(run.training.algorithm))
        stops = self._chosen.stops(run.pack)
        if stops:
            run.say(stops)

    def _rearm(self, run: Run, stack: Stack) -> None:
        """The rows show who logs: that arms other detectors than the keys of TRL do."""
        if run.training.stack is None:
            training = run.training.logged_by(stack.name)
            run.rearm(training, self._outfit.armed(run.pack, training))

    def leave_mark(self, training: TrainingView) -> None:
        """Has the trainer save with its checkpoints of which run they are."""
        self._place.leave_mark(training)

    def _provenance(self, run: Run) -> dict[str, Any]:
        return {**self._outfit.describe(run), **self._place.provenance(run.training)}
