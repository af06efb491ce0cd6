"""One training: its engine, its parts, and what is known of it."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ptt_rules import Action, Engine, Event, Pack, PttError
from ptt_rules.runs import CHECKPOINT_STATE, Ending, with_text_keys
from ptt_runtime.actions import Actuator, TakesSnapshots
from ptt_runtime.commands import Commands
from ptt_runtime.control import TrainingStopped
from ptt_runtime.distributed import Ranks, RanksApart
from ptt_runtime.guard import Contained
from ptt_runtime.part import Metrics, Part
from ptt_runtime.provenance import training_arguments
from ptt_runtime.recorder import Recorder
from ptt_runtime.resuming import Past
from ptt_runtime.saving import Saves
from ptt_runtime.sealed import Damaged, unsealed

Hook = Callable[..., "Metrics | None"]
"""A hook as `Part` names it, such as `Part.step_end`."""


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
    skips_nonfinite_steps: bool = False
    past: Past | None = None
    """What it goes on from; None for a training that begins."""

    @property
    def own_config(self) -> dict[str, Any]:
        """What rules read as `config.NAME` that the training arguments do not tell."""
        return {
            # the trainer counts the steps of a run that is told in epochs
            "max_steps": self.state.max_steps,
            "world_size": getattr(self.args, "world_size", 1),
            "skip_nonfinite_steps": self.skips_nonfinite_steps,
        }

    @property
    def config(self) -> dict[str, Any]:
        """What rules read as `config.NAME`."""
        return {**training_arguments(self.args), **self.own_config}

    @property
    def planned(self) -> dict[str, Any]:
        """What the trainer made of its arguments for this training."""
        return {"num_train_epochs": self.state.num_train_epochs}

    @property
    def output_dir(self) -> Path:
        return Path(str(self.args.output_dir))

    @property
    def checkpoint(self) -> Path:
        """Where the trainer saves the checkpoint of the present step."""
        return self.output_dir / f"checkpoint-{self.state.global_step}"


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
        self._takers: dict[Hook, list[tuple[Contained, Callable[..., Metrics | None]]]] = {}
        """Of each hook, those parts that have one, as they are called."""
        self.commands = Commands(recorder.path)
        self.saves = Saves()
        self.step = 0
        self.stops = False
        self.control: Any = None
        """The trainer's flags at the present event; None between events."""
        self.config = training.config
        self.engine = pack.engine(self.config)
        self._began = time.monotonic()
        self._unreadable: set[str] = set()
        self.hold: Callable[[], AbstractContextManager[None]] = nullcontext
        """A block that signals do not break off."""
        self._events: list[Event] = []
        self.findings: list[Event] = []
        """Those of the events that are reported and say that a finding begins, or gets worse."""
        self._decided: list[Action] = []
        """What was told and decided since all ranks last agreed."""
        self._waiting: deque[Metrics] = deque()

    @property
    def name(self) -> str:
        """What people call it: its directory, or where it writes none, its algorithm."""
        return str(self.recorder.path or self.training.algorithm)

    @property
    def takes_snapshots(self) -> TakesSnapshots | None:
        """The part that takes snapshots, where they are on."""
        return next((part for part in self.parts if isinstance(part, TakesSnapshots)), None)

    # ---- rows ------------------------------------------------------------------------------

    def observe(self, logs: Mapping[str, Any], step: int) -> None:
        """Judges one log event and records it, on the first rank, which judges for all.

        What the policy decides is carried out at once where there is one rank, and where there are
        more at the next place at which all of them `settle`.
        """
        self.step = self.recorder.guard.step = step
        if self.ranks.is_first:
            with self.hold():  # a row that is written is judged too, whatever signal comes
                self._judge(logs, step)

    def _judge(self, logs: Mapping[str, Any], step: int) -> None:
        own = {"step": self.step, "time": round(time.monotonic() - self._began, 3)}
        # a trainer that logs a step of its own has another meaning
        row = {**own, **with_text_keys(logs), **own}
        self.recorder.row(row)
        events = self.engine.observe(row)
        self._events += events
        self._decided += self.engine.actions
        if len(self.engine.unreadable) > len(self._unreadable):
            new = self.engine.unreadable.keys() - self._unreadable
            self._unreadable |= new
            self.recorder.unreadable(sorted(new))
        with self.recorder.guard.contain("PTT504", "a finding could not be told"):
            self.commands.hear(self.recorder, step)
            self.findings += self.recorder.told(events, (), is_told=self.is_told)
            for crowded in self.engine.crowded():
                self.recorder.crowded(crowded)
        if self.ranks.world_size == 1:
            self._carry_out(self._decided)

    def agree(self) -> None:
        """Carries out on all ranks what the first decided; all of them pass here, whatever failed.

        Cost: one exchange of 8 bytes, where there is a policy; nothing with one rank
        """
        if self.ranks.world_size > 1:
            self.step = self.recorder.guard.step = self.training.state.global_step
            actions = self._agreed()
            with self.recorder.guard.contain("PTT502", "a decision could not be carried out"):
                self._carry_out(actions)

    def agree_if_due(self) -> None:
        """At the end of a step at which a part may have made a row."""
        if any(part.is_due(self.training.state.global_step) for part in self.parts):
            self.agree()
            self.recorder.others(self.ranks.notes())

    def _agreed(self) -> list[Action]:
        """What the first rank decided, or nothing where one of the ranks might not hear of it."""
        if self.pack.policy is None:
            return []
        decided, self._decided = self._decided, []
        text = json.dumps([action.to_json() for action in decided]) if decided else ""
        try:
            answer = self.ranks.decision(text)
        except RanksApart as error:
            what = "decisions are told and not carried out, so that no rank acts alone"
            self.recorder.guard.report("PTT502", what, str(error))
            return []
        return decided or [Action.from_json(one) for one in json.loads(answer or "[]")]

    def _carry_out(self, actions: Sequence[Action]) -> None:
        events, self._events, self._decided = self._events, [], []
        with self.recorder.guard.contain("PTT504", "a decision could not be told"):
            self.recorder.told((), actions, is_told=self.is_told)
        self.actuator.carry_out(self, actions)
        self.each(Part.told, events, actions)
        self.findings = []
        while self._waiting:
            self.observe(self._waiting.popleft(), self.step)

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

    def each(self, hook: Hook, *given: Any) -> None:
        """Calls a hook of `Part` on those that have it; metrics it returns are judged as a row."""
        takers = self._takers.get(hook)
        if takers is None:
            takers = self._takers[hook] = self._takers_of(hook)
        for contained, take in takers:
            with contained:
                metrics = take(self, *given)
                if metrics:
                    self.observe(metrics, self.training.state.global_step)

    def _takers_of(self, hook: Hook) -> list[tuple[Contained, Callable[..., Metrics | None]]]:
        name, contain = hook.__name__, self.recorder.guard.contain
        return [
            (contain("PTT502", f"{type(part).__name__} failed"), getattr(part, name))
            for part in self.parts
            if getattr(type(part), name) is not hook
        ]

    def before_save(self, *, has_evaluated: bool = False) -> None:
        """The trainer may be about to save, at each of its events that come before it does."""
        with self.recorder.guard.contain("PTT502", "a save was not prepared"):
            self.saves.prepare(self, has_evaluated=has_evaluated)

    def save(self) -> None:
        """The engine's state goes beside the checkpoint that the trainer has just saved."""
        checkpoint = self.training.checkpoint
        if self.ranks.is_first:
            with self.recorder.guard.contain("PTT504", "the state could not be saved"):
                self.recorder.state(self.engine.state(), checkpoint)
        with self.recorder.guard.contain("PTT504", "what was saved could not be looked at"):
            self.saves.saved(self, checkpoint)
        self.each(Part.saved, checkpoint)

    def end(self, ending: Ending | None = None) -> None:
        """Closes the run; with an ending, it ended badly, and a postmortem says how."""
        self.saves.restore(self)
        if ending is not None:
            ending = self.ranks.end(ending)
            with self.recorder.guard.contain("PTT504", "there is no postmortem"):
                self.recorder.failed(ending, self.training.output_dir)
        self.recorder.others(self.ranks.notes())
        self.ranks.leave()
        with self.recorder.guard.contain("PTT504", "the run could not be closed"):
            self.recorder.end(self.engine, self.step)
        self.actuator.end(self)
        self.each(Part.end)
        self.recorder.close()

    def give_up(self, step: int, before: int, now: int) -> None:
        """The training did not fit into memory, and begins again in smaller batches."""
        self.recorder.out_of_memory(step, before, now)
        self.ranks.leave()
        self.actuator.end(self)
        self.each(Part.end)
        self.recorder.close()

    # ---- stop and resume -------------------------------------------------------------------

    def stop_if_ignored(self, step: int) -> None:
        """A trainer that goes on to the next step though it was told to stop."""
        if self.stops and step > self.step:
            raise self.stopped()

    def stopped(self) -> TrainingStopped:
        return TrainingStopped(f"policy {self.pack.policy} stopped the run at step {self.step}")

    def resume(self, step: int, past: Past) -> None:
        """Goes on from the state beside the checkpoint, or from the journal, or from both.

        The journal has rows that the state has not seen: those logged at the step of the
        checkpoint after it was saved. They were told then, and are judged without telling.
        """
        self.step = step
        if not self.ranks.is_first:
            return
        if not past.is_known:
            name = past.checkpoint.name if past.checkpoint else "this checkpoint"
            self.recorder.say(f"{name} was saved without ptt: a new run begins at step {step}")
            return
        rows = self.recorder.rows_before(step, past.source, self.training.state)
        if not self.recorder.rows_are_logged:
            self.engine = self._engine_of(past, step)
        found: list[Event] = []
        with self.recorder.guard.contain("PTT503", "a row before the resume cannot be judged"):
            for row in rows[self.engine.rows :]:
                found += self.engine.observe(row)
        if rows:
            self._began -= rows[-1].get("time", 0.0)
        if self.recorder.rows_are_logged:
            self.recorder.found_before(found)  # elsewhere what was found is on the record already
        self.recorder.resumed(step, self.engine.rows)
        self.commands.restore(self.recorder)

    def _engine_of(self, past: Past, step: int) -> Engine:
        """The engine as it was at the checkpoint; a new one where that cannot be known."""
        saved = past.checkpoint / CHECKPOINT_STATE if past.checkpoint else None
        if saved is None or not saved.is_file():
            return self.pack.engine(self.config)
        try:
            state = unsealed(saved.read_bytes())
            if state["step"] > step:
                raise Damaged(f"it is of step {state['step']}, and the checkpoint of step {step}")
            if state["run_id"] == past.run_id:
                return self.pack.engine(self.config, state=state)
        except PttError:
            pass  # of other rules: the journal, where there is one, says the same to these
        except (OSError, Damaged, KeyError, TypeError) as error:
            what = f"{saved.name} cannot be used, so the rows before it are judged anew"
            self.recorder.guard.report("PTT503", what, str(error))
        return self.pack.engine(self.config)
