"""One training: its engine, its parts, and what is known of it."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ptt_rules import Action, Engine, Event, Pack, PttError
from ptt_rules.runs import CHECKPOINT_STATE
from ptt_runtime.actions import Actuator, TakesSnapshots
from ptt_runtime.commands import Commands
from ptt_runtime.control import TrainingStopped
from ptt_runtime.distributed import Ranks
from ptt_runtime.part import Metrics, Part
from ptt_runtime.provenance import training_arguments
from ptt_runtime.recorder import Recorder
from ptt_runtime.run_directory import RunDirectory


@dataclass(frozen=True, slots=True)
class Training:
    """What a callback gets of a training; `trainer` only where the user attached it."""

    algorithm: str
    args: Any
    state: Any
    model: Any = None
    processing_class: Any = None
    optimizer: Any = None
    lr_scheduler: Any = None
    train_dataloader: Any = None
    trainer: Any = None

    @property
    def config(self) -> dict[str, Any]:
        """What rules read as `config.NAME`."""
        # the trainer counts the steps of a run that is told in epochs
        return {**training_arguments(self.args), "max_steps": self.state.max_steps}

    @property
    def output_dir(self) -> Path:
        return Path(str(self.args.output_dir))


class Run:
    """One training as it goes on; made anew for each call of `train`."""

    def __init__(
        self,
        pack: Pack,
        training: Training,
        recorder: Recorder,
        actuator: Actuator,
        *,
        ranks: Ranks,
        parts: Sequence[Part] = (),
    ) -> None:
        self.pack = pack
        self.training = training
        self.recorder = recorder
        self.actuator = actuator
        self.ranks = ranks
        self.parts = parts
        self.commands = Commands(recorder.path)
        self.step = 0
        self.stops = False
        self.control: Any = None
        """The trainer's flags at the present event; None between events."""
        self.config = training.config
        self.engine = pack.engine(self.config)
        self._began = time.monotonic()
        self._unreadable: set[str] = set()
        self._waiting: deque[Metrics] = deque()

    @property
    def name(self) -> str:
        """What people call it: its directory, or where it writes none, its algorithm."""
        return str(self.recorder.path or self.training.algorithm)

    @property
    def checkpoint(self) -> Path:
        """Where the trainer saves at the present step, or from where it resumed."""
        return self.training.output_dir / f"checkpoint-{self.training.state.global_step}"

    @property
    def takes_snapshots(self) -> TakesSnapshots | None:
        """The part that takes snapshots, where they are on."""
        return next((part for part in self.parts if isinstance(part, TakesSnapshots)), None)

    # ---- rows ------------------------------------------------------------------------------

    def observe(self, logs: Mapping[str, Any], step: int) -> None:
        """Judges one log event, records it and carries out what the policy decides."""
        self.step = self.recorder.guard.step = step
        own = {"step": self.step, "time": round(time.monotonic() - self._began, 3)}
        row = {**own, **logs, **own}  # a trainer that logs a step of its own has another meaning
        self.recorder.row(row)
        events = self.engine.observe(row)
        actions = self.engine.actions
        new = self.engine.unreadable.keys() - self._unreadable
        self._unreadable |= new
        self.recorder.unreadable(sorted(new))
        with self.recorder.guard.contain("PTT504", "a finding could not be told"):
            self.commands.hear(self.recorder, step)
            self.recorder.told(events, actions, is_told=self.is_told)
        self.actuator.carry_out(self, actions)
        self.each(lambda part: part.told(self, events, actions))
        while self._waiting:
            self.observe(self._waiting.popleft(), step)

    def observe_later(self, metrics: Metrics | None) -> None:
        """Metrics that are judged as a row of their own, after the present one."""
        if metrics:
            self._waiting.append(metrics)

    def is_told(self, event: Event) -> bool:
        """Whether people hear of an event: it is not in shadow, suppressed or acknowledged."""
        return event.is_told and not self.commands.quiets(event)

    def is_quiet(self, action: Action) -> bool:
        """Whether people have acknowledged all of the detectors that led to an action."""
        return all(self.commands.is_quiet(who, action.step) for who in action.because)

    def settle(self) -> None:
        """Lets actions go on that waited until the trainer has done what its flags ask for."""
        flags = self.control
        if not (flags.should_log or flags.should_evaluate or flags.should_save):
            self.actuator.settle(self)

    def each(self, hook: Callable[[Part], Metrics | None]) -> None:
        """Calls a hook of every part; metrics that it returns are judged as a row."""
        for part in self.parts:
            with self.recorder.guard.contain("PTT502", f"{type(part).__name__} failed"):
                metrics = hook(part)
                if metrics:
                    self.observe(metrics, self.training.state.global_step)

    def save(self) -> None:
        """The engine's state goes beside the checkpoint that the trainer has just saved."""
        checkpoint = self.checkpoint
        if self.ranks.is_first:
            with self.recorder.guard.contain("PTT504", "the state could not be saved"):
                self.recorder.state(self.engine.state(), checkpoint)
        self.each(partial(_saved, self, checkpoint))

    def end(self) -> None:
        with self.recorder.guard.contain("PTT504", "the run could not be closed"):
            self.recorder.end(self.engine, self.step)
        self.actuator.end(self)
        self.each(lambda part: part.end(self))

    # ---- stop and resume -------------------------------------------------------------------

    def stop_if_ignored(self, step: int) -> None:
        """A trainer that goes on to the next step though it was told to stop."""
        if self.stops and step > self.step:
            raise self.stopped()

    def stopped(self) -> TrainingStopped:
        return TrainingStopped(f"policy {self.pack.policy} stopped the run at step {self.step}")

    def resume(self, step: int, journal: RunDirectory | None) -> None:
        """Goes on from the state beside the checkpoint, or from the journal, or from both.

        The journal has rows that the state has not seen: those logged at the step of the
        checkpoint after it was saved. They were told then, and are judged without telling.
        """
        self.step = step
        saved = self.checkpoint / CHECKPOINT_STATE
        state = json.loads(saved.read_text(encoding="utf-8")) if saved.is_file() else None
        self.engine = _restored(self.pack, self.config, state)
        rows = journal.journal_rows(step) if journal else []
        for row in rows[self.engine.rows :]:
            self.engine.observe(row)
        if rows:
            self._began -= rows[-1].get("time", 0.0)
        if not self.engine.rows:
            raise ValueError(f"neither {saved} nor a journal of the run is there")
        self.recorder.resumed(step, self.engine.rows)
        self.commands.restore(self.recorder)


def _saved(run: Run, checkpoint: Path, part: Part) -> None:
    part.saved(run, checkpoint)


def _restored(pack: Pack, config: Mapping[str, Any], state: Mapping[str, Any] | None) -> Engine:
    try:
        return pack.engine(config, state=state)
    except PttError:
        # of other rules: the journal, where there is one, says the same to these
        return pack.engine(config)
