"""Rules for the health of any loop: it hands over its log dicts, and reads what it is asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, SupportsFloat

from ptt_rules.evaluation import MOST_REPORTS
from ptt_rules.language import ActionKind, Diagnostic, PttError
from ptt_rules.language.metrics import trainer_name
from ptt_rules.logs import RunContext
from ptt_rules.observing.actions import Handler
from ptt_rules.observing.algorithms import UNKNOWN
from ptt_rules.observing.arguments import CODE, Kind, anything, checked, flag, maybe, whole
from ptt_rules.observing.channels import Channel, channels_of
from ptt_rules.observing.chosen import ChosenRules, Wish, packs_of, policy_name
from ptt_rules.observing.claims import run_id_of
from ptt_rules.observing.console import Console
from ptt_rules.observing.decision import Decision, Flags, Heard, handlers_of_a_loop
from ptt_rules.observing.lives import Lives
from ptt_rules.observing.loop import Loop, LoopSaves, LoopTraining
from ptt_rules.observing.masking import masked
from ptt_rules.observing.options import (
    OF_ANY_RUN,
    algorithm_wanted,
    most_reports_of,
    params_of,
    run_dir_of,
    settings_of,
    stack_of,
    verbosity_of,
)
from ptt_rules.observing.part import Part
from ptt_rules.observing.place import Place
from ptt_rules.observing.provenance import beginning, surroundings
from ptt_rules.observing.ranks import Alone
from ptt_rules.observing.resuming import Origin, RunMark
from ptt_rules.observing.run import Run
from ptt_rules.observing.saving import Saving
from ptt_rules.observing.training import TrainingView
from ptt_rules.observing.trainings import Trainings
from ptt_rules.packs import Arming, Pack
from ptt_rules.runs import Siblings, strict

SILENT_END = "the script ended, or its exception was caught, before `finish()` was called"

resume_step_of = maybe(whole(0, 100))

ARGUMENTS: Mapping[str, Kind] = {
    **OF_ANY_RUN,
    "config": anything,
    "facts": anything,
    "resume_step": resume_step_of,
    "fail_fast": flag,
}
"""Each argument of the monitor, and what it takes."""


@dataclass(frozen=True, slots=True)
class _Outfit:
    """What the run of a monitor is made with."""

    channels: Mapping[str, Channel]
    most_reports: int
    fail_fast: bool
    heard: Heard = field(default_factory=Heard)

    def parts(self, *, is_alone: bool) -> list[Part]:
        return [self.heard]

    def packs(self, *, is_alone: bool) -> list[str]:
        return []

    def handlers(self) -> dict[ActionKind, Handler]:
        return handlers_of_a_loop(self.channels)

    def saves(self) -> Saving:
        return LoopSaves()

    def describe(self, run: Run) -> dict[str, Any]:
        training = run.training
        goal = {"max_steps": training.config["max_steps"]} if "max_steps" in training.config else {}
        return {
            **beginning(training, run.pack, goal),
            "training_arguments": training.config,
            **surroundings(),
        }

    def armed(self, pack: Pack, training: TrainingView) -> Arming:
        armed = pack.armed(
            training.algorithm,
            None,
            training.config,
            training.siblings,
            training.stack,
            facts=training.facts or None,
        )
        if armed.whose:
            return armed
        known = training.algorithm != UNKNOWN
        keys = f"with the keys of {trainer_name(training.algorithm)}"
        whose = f"a loop {keys if known else 'whose keys show in its first rows'}"
        return replace(armed, whose=whose)


class Monitor:
    """Rules for the health of a run, on any loop.

        with ptt_rules.Monitor(algorithm="grpo", policy="guard", run_dir="runs/a") as monitor:
            for step in range(1, steps + 1):
                ...
                if monitor.observe({"step": step, "loss": loss, "kl": kl}).stop:
                    break

    - Rules: the pack of `algorithm` judges, and beside it `packs`, or without them those that
      `ptt.yaml` or other settings name; with `only=True` these judge alone. Without `algorithm` it
      is found from the keys of the first rows.
    - Names: keys are those of TRL, or of another framework, which is found from them; `stack`
      names it where they do not show it.
    - Policy: `policy=None` only reports, unless the settings choose one; `stop_on_critical=True` is
      the shipped policy `guard`. What it asks for is the `Decision` that `observe` returns.
    - Record: a `run_dir` that holds another run is left alone, and its sibling with a number used.
      With `resume_step` the run in `run_dir` goes on after that step: its rows up to there are
      judged in silence, those after it set aside; 0 begins a new run.
    - `config` has what rules read as `config.NAME`, `facts` what they read as `run.NAME`;
      `siblings` are runs that this one is compared with.
    - Reports: `channels`, `most_reports` and `verbosity` are those of the callback.
    - `fail_fast=True` lets faults of ptt itself end the loop, for tests.

    The run begins here. In several processes, the first one alone makes a monitor.

    Errors: one PttError at construction with all mistakes; none from then on
    """

    @checked(ARGUMENTS)
    def __init__(
        self,
        *,
        algorithm: str | None = None,
        packs: Sequence[str | os.PathLike[str]] | str | os.PathLike[str] | None = None,
        only: bool = False,
        params: Mapping[str, SupportsFloat] | None = None,
        policy: str | None = None,
        settings: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
        stop_on_critical: bool = False,
        run_dir: str | os.PathLike[str] | None = None,
        resume_step: int | None = None,
        stack: str | None = None,
        config: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        siblings: Any = None,
        channels: Mapping[str, Channel | str] | None = None,
        most_reports: int = MOST_REPORTS,
        verbosity: str | None = None,
        fail_fast: bool = False,
    ) -> None:
        self._console = Console(verbosity=verbosity_of("verbosity", verbosity))
        self._outfit = _Outfit(
            channels_of("channels", channels),
            most_reports_of("most_reports", most_reports),
            flag("fail_fast", fail_fast),
        )
        wish = Wish(
            packs=packs_of("packs", packs),
            only=flag("only", only),
            params=params_of("params", params),
            policy=policy_name(policy, stop_on_critical),
            settings=settings_of("settings", settings),
        )
        chosen = ChosenRules(wish, beside=[[]])
        wanted = run_dir_of("run_dir", run_dir)
        begun = resume_step_of("resume_step", resume_step) or 0
        known = RunContext.of(config, facts, Siblings.of(siblings, own=run_dir))
        named = algorithm_wanted("algorithm", algorithm)
        self._loop = Loop(begun)
        self._decision = Decision()
        self._said: set[str] = set()
        place = Place(wanted, self._console.say)
        self._trainings = Trainings(chosen, self._outfit, place, self._console)
        self._lives = Lives(self._trainings, SILENT_END)
        training = LoopTraining(
            named or UNKNOWN,
            self._loop,
            masked(strict(known.config)),
            known.facts,
            known.siblings,
            stack_of("stack", stack),
            _origin(wanted, begun),
        )
        self._begin(training, asks_rows=named is None)

    def _begin(self, training: LoopTraining, *, asks_rows: bool) -> None:
        try:
            self._lives.begin(training, Alone(), asks_rows=asks_rows)
        except PttError:
            self._trainings.give_back()
            raise

    @property
    def run_dir(self) -> Path | None:
        """Where the artifacts of the run are."""
        return self._trainings.directory

    def observe(self, row: Mapping[str, Any], *, step: int | None = None) -> Decision:
        """Judges and records one log dict, and returns what the loop is asked for.

        The step is `step`, or the row's own by any name that a logger gives it; without one rows
        are counted. A pause that a policy asks for is held here.
        """
        run = self._lives.run
        if run is None:
            self._say_once("a row came after the end of the run: it is not judged")
            return self._decision
        flags = Flags()
        run.control = flags
        try:
            run.settle()  # what waits until the loop has done what the row before asked for
            with run.contain("PTT501", "a row is left out"):
                logged = self._loop.placed(row, step)
                self._say_once(self._loop.note)
                with run.contain("PTT502", "what is trained could not be found from its logs"):
                    self._lives.find_algorithm(run, logged)
                run.logged(logged)
                run.finished = self._loop.step
        finally:
            run.control = None
        self._decision = self._outfit.heard.decision(flags, stops=run.stops)
        return self._decision

    def finding(self, title: str, *, level: str | None = "high", text: str = "") -> None:
        """Reports what a check of your own has found, as a finding `user.finding[title]`.

        It is judged with the next row, or at the end, and stands until the same title is given with
        another level, or with None once it is over. `text` is what people read; without it they
        read the title. May be called from any thread; never raises.
        """
        self._lives.own.add(title, level, text)

    def finish(self) -> None:
        """The loop has ended as it was meant to: the record is closed, and summed up."""
        self._lives.finish()

    def __enter__(self) -> Monitor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lives.finish(self._lives.ending_by(error))

    def _say_once(self, text: str) -> None:
        if text and text not in self._said:
            self._said.add(text)
            self._console.warn(text)


def _origin(run_dir: Path | None, step: int) -> Origin | None:
    """The run that is gone on with. Errors: PTT530 where there is none"""
    if step == 0:
        return None
    run_id = None if run_dir is None else run_id_of(run_dir)
    if run_dir is None or run_id is None:
        where = f"{run_dir} holds no run" if run_dir else "no `run_dir` says of which run"
        hint = "give the `run_dir` of the run, or leave `resume_step` out where one begins"
        raise PttError([Diagnostic(CODE, f"`resume_step={step}`, but {where}", hint=hint)])
    return Origin(None, (RunMark(run_id, str(run_dir)),))
