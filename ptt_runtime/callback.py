"""The callback: judges everything a trainer logs and acts as the policy says.

What happens inside one step of a trainer, and where ptt stands in it:

    on_log        the row is judged; flags set here take effect at the end of the same step
    on_step_end   PPOTrainer, which ignores the stop flag, is ended here by an exception
    on_save       the engine's state goes beside the checkpoint
    on_train_end  the frame is written as a table, the summary is told

Rows are the same on all ranks, since the trainer reduces them before it logs, and rules read
nothing else: every rank decides alike by itself, and only the first one tells and writes.
"""

from __future__ import annotations

import atexit
import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from ptt_rules import Engine, Pack, PttError, load, shipped_packs
from ptt_rules.runs import CHECKPOINT_STATE, Pulse
from ptt_runtime.algorithms import FALLBACK_PACK, IGNORES_STOP, algorithm_of
from ptt_runtime.console import Console
from ptt_runtime.control import TrainingStopped, carry_out, check_actions, check_evaluation
from ptt_runtime.provenance import library_versions, provenance, training_arguments
from ptt_runtime.recorder import Recorder
from ptt_runtime.run_directory import RunDirectory, fresh_path

GUARD = "guard"


class DiagnosticsCallback(TrainerCallback):
    """Rules for the health of a run, on any TRL trainer.

    `packs=None` takes the pack of the trainer's algorithm; `policy=None` only tells;
    `stop_on_critical=True` is the policy `guard`, which checkpoints, invalidates and stops on
    critical findings. A `run_dir` that holds another run is left alone: its sibling with a
    number is used. `fail_fast=True` lets faults of ptt itself end the training, for tests.

    Errors: PttError at construction, for packs, parameters or a policy that are wrong
    """

    def __init__(
        self,
        *,
        run_dir: str | os.PathLike[str] | None = None,
        packs: Sequence[str | os.PathLike[str]] | str | os.PathLike[str] | None = None,
        params: Mapping[str, float] | None = None,
        policy: str | None = None,
        stop_on_critical: bool = False,
        fail_fast: bool = False,
    ) -> None:
        self._wanted_dir = run_dir
        self._params = dict(params or {})
        self._policy = _policy_name(policy, stop_on_critical)
        self._fail_fast = fail_fast
        names = [packs] if isinstance(packs, (str, os.PathLike)) else packs
        self._given = load(*names, params=self._params, policy=self._policy) if names else None
        if self._given is None and self._policy is not None:
            load(FALLBACK_PACK, policy=self._policy)
        if self._given is not None and self._given.policy is not None:
            check_actions(self._given.policy, self._given.actions)
        self._console = Console()
        self._run: _Run | None = None
        self._directory: Path | None = None
        atexit.register(self._finish)

    @property
    def run_dir(self) -> Path | None:
        """Where the artifacts of the newest run are; None before it starts."""
        return self._directory

    # ---- events of the trainer ---------------------------------------------------------------

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._finish()
        self._console.is_on = state.is_world_process_zero
        try:
            self._run = self._start(args, state, kwargs)
        except PttError:
            raise  # packs and parameters that are wrong: better known now than never
        except Exception as error:
            if self._fail_fast:
                raise
            self._console.say(f"off for this run: {type(error).__name__}: {error}")

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        run = self._run
        if run is None:
            return
        run.stop_if_ignored(state.global_step)
        with run.recorder.guard.contain("PTT502", "a row could not be judged"):
            run.observe(kwargs.get("logs") or {}, state, control)

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        if self._run is None:
            return
        self._run.recorder.guard.step = state.global_step
        self._run.recorder.beat(Pulse.RUNNING)
        if not control.should_save:
            self._end_by_exception(state)

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        run = self._run
        if run is None:
            return
        if state.is_world_process_zero:
            checkpoint = Path(str(args.output_dir)) / f"checkpoint-{state.global_step}"
            with run.recorder.guard.contain("PTT504", "the state could not be saved"):
                run.recorder.state(run.engine.state(), checkpoint)
        self._end_by_exception(state)

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._finish()

    # ---- start and end -----------------------------------------------------------------------

    def _start(self, args: Any, state: Any, parts: Mapping[str, Any]) -> _Run | None:
        algorithm = algorithm_of(args)
        pack = self._given or self._pack_of(algorithm)
        if pack.policy is not None:
            check_actions(pack.policy, pack.actions)
            check_evaluation(pack.policy, pack.actions, algorithm, args)
        resumed = state.global_step > 0
        directory = self._open_directory(algorithm, resumed) if self._console.is_on else None
        self._directory = directory.path if directory else None
        recorder = Recorder(pack, self._console, directory, fail_fast=self._fail_fast)
        recorder.guard.step = state.global_step
        config = {**training_arguments(args), "max_steps": state.max_steps}
        recorder.start(
            pack.armed(algorithm, library_versions().get("trl"), config),
            lambda: provenance(
                args=args,
                state=state,
                pack=pack,
                algorithm=algorithm,
                model=parts.get("model"),
                dataloader=parts.get("train_dataloader"),
            ),
        )
        run = _Run(pack, recorder, args, (algorithm, state.max_steps))
        if resumed:
            # on every rank alike, so that all of them go on from the same state
            journal = RunDirectory(Path(self._wanted_dir)) if self._wanted_dir else None
            with recorder.guard.contain("PTT503", "the state before the resume is lost"):
                run.resume(state.global_step, journal)
        return run

    def _pack_of(self, algorithm: str) -> Pack:
        name = algorithm if algorithm in shipped_packs() else FALLBACK_PACK
        if name != algorithm:
            self._console.say(f"no pack for `{algorithm}` ships with ptt, judging with `{name}`")
        return load(name, params=self._params, policy=self._policy)

    def _open_directory(self, algorithm: str, resumed: bool) -> RunDirectory:
        if resumed and self._wanted_dir is not None:
            return RunDirectory(Path(self._wanted_dir))
        path = fresh_path(self._wanted_dir, algorithm)
        if self._wanted_dir is not None and path != Path(self._wanted_dir):
            self._console.say(f"{self._wanted_dir} holds another run")
        return RunDirectory(path)

    def _finish(self) -> None:
        """Ends the run once, whatever ended the training."""
        run, self._run = self._run, None
        if run is not None:
            with run.recorder.guard.contain("PTT504", "the run could not be closed"):
                run.recorder.end(run.engine, run.step)

    def _end_by_exception(self, state: Any) -> None:
        run = self._run
        if run is not None and run.stops and run.algorithm in IGNORES_STOP:
            self._finish()
            raise TrainingStopped(f"policy {run.policy} stopped the run at step {run.step}")


class _Run:
    """One training: its engine, and what is known of it."""

    def __init__(self, pack: Pack, recorder: Recorder, args: Any, plan: tuple[str, int]) -> None:
        self.recorder = recorder
        self.algorithm, max_steps = plan
        self.policy = pack.policy
        self.step = 0
        self.stops = False
        self._pack = pack
        self._output_dir = Path(args.output_dir)
        # the trainer counts the steps of a run that is told in epochs
        self._config = {**training_arguments(args), "max_steps": max_steps}
        self.engine = pack.engine(self._config)
        self._began = time.monotonic()
        self._unreadable: set[str] = set()

    def observe(self, logs: Mapping[str, Any], state: Any, control: Any) -> None:
        """Judges one log event, records it and carries out what the policy decides."""
        self.step = self.recorder.guard.step = state.global_step
        seconds = round(time.monotonic() - self._began, 3)
        own = {"step": self.step, "time": seconds}
        row = {**own, **logs, **own}  # a trainer that logs a step of its own has another meaning
        self.recorder.row(row)
        events = self.engine.observe(row)
        actions = self.engine.actions
        self.stops |= any(action.action.value == "stop" for action in actions)
        carry_out(actions, control)
        new = self.engine.unreadable.keys() - self._unreadable
        self._unreadable |= new
        self.recorder.unreadable(sorted(new))
        self.recorder.told(events, actions)
        self.recorder.invalidated(actions, self._output_dir)

    def stop_if_ignored(self, step: int) -> None:
        """A trainer that goes on to the next step though it was told to stop."""
        if self.stops and step > self.step:
            raise TrainingStopped(f"policy {self.policy} stopped the run at step {self.step}")

    def resume(self, step: int, journal: RunDirectory | None) -> None:
        """Goes on from the state beside the checkpoint, or from the journal, or from both.

        The journal has rows that the state has not seen: those logged at the step of the
        checkpoint after it was saved. They were told then, and are judged without telling.
        """
        self.step = step
        saved = self._output_dir / f"checkpoint-{step}" / CHECKPOINT_STATE
        state = json.loads(saved.read_text(encoding="utf-8")) if saved.is_file() else None
        self.engine = _restored(self._pack, self._config, state)
        rows = journal.journal_rows(step) if journal else []
        for row in rows[self.engine.rows :]:
            self.engine.observe(row)
        if rows:
            self._began -= rows[-1].get("time", 0.0)
        if not self.engine.rows:
            raise ValueError(f"neither {saved} nor a journal of the run is there")
        self.recorder.resumed(step, self.engine.rows)


def _restored(pack: Pack, config: Mapping[str, Any], state: Mapping[str, Any] | None) -> Engine:
    try:
        return pack.engine(config, state=state)
    except PttError:
        # of other rules: the journal, where there is one, says the same to these
        return pack.engine(config)


def _policy_name(policy: str | None, stop_on_critical: bool) -> str | None:
    if stop_on_critical and policy not in (None, GUARD):
        raise PttError.of(
            "PTT304",
            f"`stop_on_critical=True` is the policy `{GUARD}`, and `policy` is `{policy}`",
            hint="give one of the two",
        )
    return GUARD if stop_on_critical else policy
