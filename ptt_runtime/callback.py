"""The callback: judges everything a trainer logs and acts as the policy says.

What happens inside one step of a trainer, and where ptt stands in it:

    on_step_begin, on_pre_optimizer_step
                  only parts of the run that measure or guard (part.py) have a say
    on_step_end   the same; PPOTrainer, which ignores the stop flag, is ended here
    on_log        the row is judged; flags set here take effect at the end of the same step
    on_epoch_end  it and the events above come before a save, which must not lose the way back
    on_evaluate, on_save
                  the engine's state goes beside the checkpoint; a pause begins after the last
                  thing that the step has to do
    on_train_end  the frame is written as a table, the summary is printed

Where there are several ranks, the first one judges for all: it alone reports and writes. What its
policy decides reaches the others at the end of on_log, in `Run.agree`, which every rank passes
whatever failed before, and all of them carry it out at the same step.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, SupportsFloat

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from ptt_rules import MOST_REPORTS, Pack, PttError
from ptt_rules.observing import (
    FIRST_ROWS,
    SILENT_END,
    ChosenRules,
    Console,
    Fault,
    Lives,
    Part,
    Place,
    Trainings,
    Wish,
    algorithm_wanted,
    is_open,
    logged_algorithm,
    most_reports_of,
    older_packs,
    packs_of,
    params_of,
    policy_name,
    run_dir_of,
    settings_of,
    stack_of,
    verbosity_of,
)
from ptt_rules.observing.arguments import checked, flag
from ptt_rules.observing.channels import Channel, channels_of
from ptt_rules.runs import Ending, Pulse, Siblings, Verdict, read_run
from ptt_runtime.algorithms import IGNORES_STOP, algorithm_of, framework_of
from ptt_runtime.at_event import AtEvent
from ptt_runtime.control import stopped
from ptt_runtime.distributed import Ranks
from ptt_runtime.hearing import Cells, hear, trainer_that_calls
from ptt_runtime.migrating import OlderAttributes, translated
from ptt_runtime.options import (
    ARGUMENTS,
    Options,
    alerts_of,
    heuristics_dir_of,
    rank_metrics_every_of,
    record_of,
)
from ptt_runtime.rank_metrics import EVERY_STEPS
from ptt_runtime.resume_check import Mismatch
from ptt_runtime.snapshots import Snapshots, snapshots_of
from ptt_runtime.trackers import trackers_of
from ptt_runtime.training import Training, training_of

if TYPE_CHECKING:
    import polars as pl

_HANDED_OVER = ("model", "processing_class", "optimizer", "lr_scheduler", "train_dataloader")
"""What of a trainer its callbacks get to see."""


class DiagnosticsCallback(TrainerCallback, OlderAttributes):
    """Rules for the health of a run, on any TRL trainer.

    - Rules: the pack of the trainer's algorithm judges, and beside it `packs`, or without them
      those that `ptt.yaml` or other settings name; with `only=True` these judge alone. Alerts of
      post-training-toolkit go into `custom_heuristics_dir` and `custom_alerts`. The algorithm is
      `algorithm`, or what the classes of trainer and arguments say, or the keys of the first rows.
    - Policy: `policy=None` only reports, unless the settings choose a policy;
      `stop_on_critical=True` is the shipped policy `guard`, which checkpoints, invalidates and
      stops on critical findings; with alerts of post-training-toolkit on their high ones, too.
    - Record: a `run_dir` that holds another run is left alone, and its sibling with a number used.
      `on_resume_mismatch="fail"` refuses to go on with a run whose model, data or arguments changed
      in a way that makes it another.
    - Reports: `channels` are where `notify` goes, by name: objects, or addresses of webhooks.
      `trackers=None` are those that the trainer reports to. Of one detector at most `most_reports`
      events are reported in 10,000 rows, the rest is counted. `verbosity` is "quiet" (findings and
      what is done about them), "normal" or "verbose"; without it the level of the logger `ptt`
      decides.
    - `record` holds "git_diff" and "packages": the code and its libraries, as files of the run.
    - Measurements: `snapshots=Snapshots()`, or True, records what the model says to fixed prompts,
      and judges that too. In several processes every rank is measured, and the numbers gathered
      every `rank_metrics_every` steps. `skip_nonfinite_steps=True` drops steps whose gradients are
      not finite.
    - `stack` is the framework that logs, such as "llamafactory", where its keys do not show it.
    - `siblings` are runs that this one is compared with: paths, patterns, frames or lists of log
      dicts, read at construction. A pattern leaves out `run_dir`.
    - `fail_fast=True` lets faults of ptt itself end the training, for tests.

    Errors: one PttError at construction with all mistakes
    """

    @checked(ARGUMENTS, translate=translated)
    def __init__(
        self,
        *,
        run_dir: str | os.PathLike[str] | None = None,
        packs: Sequence[str | os.PathLike[str]] | str | os.PathLike[str] | None = None,
        only: bool = False,
        algorithm: str | None = None,
        params: Mapping[str, SupportsFloat] | None = None,
        policy: str | None = None,
        settings: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
        stop_on_critical: bool = False,
        channels: Mapping[str, Channel | str] | None = None,
        trackers: Sequence[str] | str | None = None,
        rank_metrics_every: int = EVERY_STEPS,
        on_resume_mismatch: str = "warn",
        snapshots: Snapshots | bool | None = None,
        record: Sequence[str] | str = (),
        custom_heuristics_dir: str | os.PathLike[str] | None = None,
        custom_alerts: Sequence[str] | str = (),
        most_reports: int = MOST_REPORTS,
        skip_nonfinite_steps: bool = False,
        siblings: Any = None,
        stack: str | None = None,
        verbosity: str | None = None,
        fail_fast: bool = False,
    ) -> None:
        console = Console(verbosity=verbosity_of("verbosity", verbosity))
        options = Options(
            channels=channels_of("channels", channels),
            trackers=trackers_of("trackers", trackers),
            rank_metrics_every=rank_metrics_every_of("rank_metrics_every", rank_metrics_every),
            on_resume_mismatch=Mismatch(on_resume_mismatch),
            snapshots=snapshots_of("snapshots", snapshots),
            record=record_of("record", record),
            most_reports=most_reports_of("most_reports", most_reports),
            skip_nonfinite_steps=flag("skip_nonfinite_steps", skip_nonfinite_steps),
            siblings=Siblings.of(siblings, own=run_dir),
            stack=stack_of("stack", stack),
            fail_fast=flag("fail_fast", fail_fast),
        )
        wish = Wish(
            packs=packs_of("packs", packs),
            only=flag("only", only),
            params=params_of("params", params),
            policy=policy_name(policy, stop_on_critical),
            settings=settings_of("settings", settings),
            older=older_packs(
                heuristics_dir_of("custom_heuristics_dir", custom_heuristics_dir),
                alerts_of("custom_alerts", custom_alerts),
            ),
            stops_on_high=stop_on_critical,
        )
        chosen = ChosenRules(wish, beside=options.choices)
        self._console, self._options = console, options
        wanted = run_dir_of("run_dir", run_dir)
        place = Place(Path(wanted) if wanted is not None else None, console.say)
        self._trainings = Trainings(chosen, options, place, console)
        self._lives = Lives(self._trainings, SILENT_END)
        self._wanted_algorithm = algorithm_wanted("algorithm", algorithm)
        self._trainer: Any = None
        self._is_retry = False
        """Whether the trainer begins the same training again, in smaller batches."""
        self._cells = Cells(self._cell_ended)

    @property
    def run_dir(self) -> Path | None:
        """Where the artifacts of the newest run are; None before it starts."""
        return self._trainings.directory

    @property
    def frame(self) -> pl.DataFrame | None:
        """The metric frame of the newest run so far; None before it starts, and on other ranks.

        Cost: read from the run's directory, where all rows are; nothing is kept for it
        """
        return None if self.run_dir is None else read_run(self.run_dir).log.frame

    def attach(self, trainer: Any) -> DiagnosticsCallback:
        """Hands over the trainer, whose attributes a callback does not get to see otherwise.

        A trainer that does not have this callback yet gets it.
        """
        if self not in trainer.callback_handler.callbacks:
            trainer.add_callback(self)
        self._trainer = trainer
        hear(trainer)
        return self

    def foreseen(self, trainer: Any) -> tuple[Training, Pack]:
        """A training as it would begin now, and what would judge it. Errors: PttError"""
        algorithm = self._wanted_algorithm or algorithm_of(trainer.args, trainer)
        given = {"model": trainer.model, "train_dataloader": trainer.get_train_dataloader()}
        training = self._training(algorithm, trainer.args, trainer.state, trainer, given)
        return training, self._trainings.rules(training, is_alone=trainer.args.world_size == 1)

    def finding(self, title: str, *, level: str | None = "high", text: str = "") -> None:
        """Reports what a check of your own has found, as a finding `user.finding[title]`.

        It is judged at the next event of the trainer, and stands until the same title is given
        with another level, or with None once it is over. `text` is what people read; without it
        they read the title. May be called from any thread and on any rank; never raises.
        """
        self._lives.own.add(title, level, text)

    # ---- events of the trainer ---------------------------------------------------------------

    def on_init_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._hear_trainer()

    def train_raised(self, error: BaseException) -> None:
        """The training ends by an exception, whoever catches it."""
        self._end_badly(self._lives.ending_by(error))

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._hear_trainer()
        self._is_retry = self._give_up(args, state)
        self._end_badly(self._lives.ending_by(sys.exc_info()[1]))
        self._console.is_on = state.is_world_process_zero
        ranks = Ranks()
        ranks.meet(timeout_s=args.ddp_timeout)
        try:
            self._start(ranks, args, state, kwargs)
            with self._run_at(control) as run:
                if run is not None:
                    run.each(Part.start)
        except PttError:
            self._trainings.give_back()
            raise  # packs and parameters that are wrong: better known now than never
        except Exception as error:
            if self._options.fail_fast:
                raise
            self._console.warn(f"off for this run: {type(error).__name__}: {error}")
            fault = Fault("PTT502", "ptt is off on this rank", str(error))
            ranks.note(fault.to_json(state.global_step))
        finally:
            if self._lives.run is None:
                ranks.leave()  # what the others begin to exchange fails at once

    def on_step_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        with self._run_at(control) as run:
            if run is not None:
                run.step_begins()

    def on_pre_optimizer_step(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        with self._run_at(control) as run:
            if run is not None:
                run.each(Part.before_update)

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        with self._run_at(control) as run:
            if run is not None:
                run.step_ends()
        if not control.should_save:
            self._end_by_exception()

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        with self._run_at(control) as run:
            if run is not None:
                logs = kwargs.get("logs") or {}
                if run.stopped_at is not None and run.step > run.stopped_at:
                    raise stopped(run)  # it goes on though it was asked to stop
                with run.contain("PTT502", "what is trained could not be found from its logs"):
                    self._lives.find_algorithm(run, logs)
                run.logged(logs)

    def on_prediction_step(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        if self._lives.run is not None:
            # an evaluation may take longer than any step: those who watch must see that it goes on
            self._lives.run.beat(Pulse.RUNNING)

    def on_evaluate(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        with self._run_at(control) as run:
            if run is not None:
                run.before_save(has_evaluated=True)
                run.settle()

    def on_epoch_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        with self._run_at(control) as run:
            if run is not None:
                run.before_save()

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        with self._run_at(control) as run:
            if run is not None:
                run.save()
                run.settle()
        self._end_by_exception()

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        ending = self._ending_of(state, control)
        in_order = ending is None or ending.verdict is Verdict.PREEMPTED
        with self._run_at(control) as run:
            if run is not None and in_order:
                run.judge_own()
                run.each(Part.train_end)
                if ending is not None and run.training.checkpoint.is_dir():
                    run.save()  # what was saved on the signal was saved without telling callbacks
        self._finish(ending)

    # ---- start and end -----------------------------------------------------------------------

    def _is_of(self, args: TrainingArguments) -> bool:
        """Whether the trainer that was handed over is the one that trains."""
        return self._trainer is not None and self._trainer.args is args

    def _run_at(self, control: TrainerControl) -> AtEvent:
        """The run, with the trainer's flags while an event of the trainer lasts."""
        return AtEvent(self._lives.run, control)

    def _start(
        self, ranks: Ranks, args: TrainingArguments, state: TrainerState, given: Mapping[str, Any]
    ) -> None:
        trainer = self._trainer if self._is_of(args) else None
        training = self._training(self._algorithm(args, state), args, state, trainer, given)
        asks = self._wanted_algorithm is None
        self._lives.begin(training, ranks, asks_rows=asks, is_retry=self._is_retry)
        if threading.current_thread() is threading.main_thread():
            self._cells.listen()

    def _training(
        self, algorithm: str, args: Any, state: Any, trainer: Any, given: Mapping[str, Any]
    ) -> Training:
        """What takes part in a training, of what its trainer hands over."""
        return Training(
            algorithm,
            args,
            state,
            trainer=trainer,
            skips_nonfinite_steps=self._options.skip_nonfinite_steps,
            siblings=self._options.siblings,
            stack=self._options.stack or framework_of(args, self._trainer_of(args)),
            **{name: given.get(name) for name in _HANDED_OVER},
        )

    def _trainer_of(self, args: TrainingArguments) -> Any:
        """The trainer that was handed over, or the one that calls; None where none is found."""
        return self._trainer if self._is_of(args) else trainer_that_calls(self)

    def _algorithm(self, args: TrainingArguments, state: TrainerState) -> str:
        """What is trained, as the user says, the classes, or what a run that goes on has logged."""
        if self._wanted_algorithm is not None:
            return self._wanted_algorithm
        found = algorithm_of(args, self._trainer_of(args))
        logged = {key for row in state.log_history[:FIRST_ROWS] for key in row}
        guess = logged_algorithm(logged) if is_open(found) else None
        return guess.algorithm if guess else found

    def _give_up(self, args: TrainingArguments, state: TrainerState) -> bool:
        """Whether the training did not fit into memory, and begins again where it is recorded.

        With `auto_find_batch_size` the trainer catches the error, and no callback hears of it.
        """
        run = self._lives.run
        training = None if run is None else training_of(run)
        if training is None or training.args is not args or not args.auto_find_batch_size:
            return False
        before, now = training.state.train_batch_size, state.train_batch_size
        if before is None or now is None or now >= before:
            return False
        self._cells.stop()
        self._lives.give_up(before, now)
        return True

    def _finish(self, ending: Ending | None = None) -> None:
        """Ends the run once, whatever ended the training; with an ending, it ended badly."""
        self._cells.stop()
        self._lives.finish(ending)

    def _end_badly(self, ending: Ending | None = None) -> None:
        """The training ends, or has ended, without the trainer's last event."""
        if self._lives.run is not None:
            self._cells.stop()
        self._lives.end_badly(ending)

    def _ending_of(self, state: TrainerState, control: TrainerControl) -> Ending | None:
        """How a training ends whose trainer says that it does; None if that is as it was meant.

        On SIGTERM, transformers' own callback and those of others save, and have the trainer stop.
        """
        heard, run = self._lives.endings.heard, self._lives.run
        if heard is None or not control.should_training_stop:
            return heard
        was_told = heard.verdict is Verdict.TERMINATED and state.global_step < state.max_steps
        if not was_told or run is None or run.stops:
            return None
        return replace(heard, verdict=Verdict.PREEMPTED, step=state.global_step)

    def _cell_ended(self, error: BaseException | None) -> None:
        self._end_badly(self._lives.ending_by(error))

    def _hear_trainer(self) -> None:
        trainer = trainer_that_calls(self)
        if trainer is not None:
            hear(trainer)

    def _end_by_exception(self) -> None:
        run = self._lives.run
        if run is not None and run.stops and run.training.algorithm in IGNORES_STOP:
            self._finish()
            raise stopped(run)
