"""One training: what takes part in it, what may be known of it, and what it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from ptt_rules.evaluation import Action, Event
from ptt_rules.language import PttError
from ptt_rules.observing.actions import Actuator
from ptt_rules.observing.guard import Contained, Fault, Guard
from ptt_rules.observing.journal import Describe
from ptt_rules.observing.judging import Judging
from ptt_rules.observing.own_findings import OwnFindings
from ptt_rules.observing.part import Hook, Part, Parts
from ptt_rules.observing.ranks import RanksView
from ptt_rules.observing.recorder import Outlets, Recorder
from ptt_rules.observing.resuming import Past
from ptt_rules.observing.saving import Saving
from ptt_rules.observing.training import TrainingView
from ptt_rules.packs import Arming, Pack
from ptt_rules.runs import EVENTS, RETRIED, Ending, Pulse, WayBack


class Run:
    """One training as it goes on; made anew for each call of `train`.

    Parts and handlers of actions get it as a `RunView`, saves as a `SavingRun`.
    """

    def __init__(
        self,
        pack: Pack,
        training: TrainingView,
        actuator: Actuator,
        outlets: Outlets,
        *,
        ranks: RanksView,
        saves: Saving,
        parts: Sequence[Part] = (),
    ) -> None:
        self.pack = pack
        self.training = training
        self.ranks = ranks
        self.control: Any = None
        """The trainer's flags at the present event; None between events."""
        self.finished = training.step
        """The newest step that was finished: all of its events of the trainer are over."""
        self._guard = Guard(self._on_fault, fail_fast=outlets.fail_fast)
        self._recorder = Recorder(pack, outlets, self._guard)
        self._journal = self._recorder.journal
        if outlets.directory is not None:
            outlets.directory.on_removed = self._on_removed
        self._actuator = actuator
        self._parts = Parts(parts, self)
        self._saves = saves
        self.stopped_at: int | None = None
        """The step at which a policy stopped it."""
        self.own = OwnFindings(self.warn)
        """What people's own checks have found and is not judged yet."""
        self.judging = Judging(self, self._recorder, self._carry_out)

    # ---- what is known of it ---------------------------------------------------------------

    @property
    def step(self) -> int:
        return self.training.step

    @property
    def name(self) -> str:
        return str(self.path or self.training.algorithm)

    @property
    def path(self) -> Path | None:
        return self._journal.path

    @property
    def run_id(self) -> str | None:
        return self._journal.run_id

    @property
    def provenance(self) -> Mapping[str, Any]:
        return self._journal.provenance

    @property
    def findings(self) -> Sequence[Event]:
        return self.judging.findings

    @property
    def hyperparameters(self) -> Mapping[str, float]:
        return self.judging.engine.hyperparameters

    @property
    def stops(self) -> bool:
        return self.stopped_at is not None

    @property
    def is_last_step(self) -> bool:
        is_told: bool = self.control.should_training_stop
        return is_told or self.step >= self.training.max_steps

    def causes(self, action: Action) -> list[Event]:
        return self._recorder.memory.causes(action)

    def is_quiet(self, action: Action) -> bool:
        return all(self.judging.commands.is_quiet(who, action.step) for who in action.because)

    def way_back(self, acted_on: Collection[str]) -> WayBack:
        postmortems = self._recorder.postmortems
        return postmortems.way_back(self.training.output_dir, self.step, acted_on)

    # ---- what is said and recorded of it ---------------------------------------------------

    def say(self, text: str) -> None:
        self._recorder.console.say(text)

    def warn(self, text: str) -> None:
        self._recorder.console.warn(text)

    def note(self, record: Mapping[str, Any]) -> None:
        self._journal.note(record)

    def beat(self, pulse: Pulse, *, until: float | None = None, at_once: bool = False) -> None:
        self._journal.beat(pulse, self.step, until=until, at_once=at_once)

    def contain(self, code: str, what: str) -> Contained:
        return self._guard.contain(code, what)

    def report(self, code: str, what: str, reason: str) -> None:
        self._guard.report(code, what, reason)

    def _on_fault(self, fault: Fault) -> None:
        """Says a fault, and records it where that can still be done."""
        self._recorder.console.faulted(fault)
        record = fault.to_json(self.step)
        if not self.ranks.is_first:
            self.ranks.note(record)
        if EVENTS not in fault.what:
            self.note(record)

    def _on_removed(self) -> None:
        """The directory was removed while the run went on, and is there anew."""
        step = self._recorder.memory.newest_step
        if step is not None:
            lost = f"rows and findings up to step {step} are lost"
            self.report("PTT504", f"{self.path} was removed and is made anew", lost)

    def hear_ranks(self) -> None:
        """Says and records the faults of other ranks."""
        for record in self.ranks.notes():
            if not self.own.take_in(record):
                self.warn(f"rank {record['rank']}: {record.get('message')}")
                self.note(record)

    # ---- what it is asked for --------------------------------------------------------------

    def request_stop(self) -> None:
        self.stopped_at = self.step
        self.control.should_training_stop = True

    def request_save(self, action: Action) -> bool:
        return self._saves.ask(self, action)

    def request_evaluate(self) -> None:
        self.control.should_evaluate = True

    def request_change(self, name: str, value: float | None) -> None:
        self.control.hyperparameters[name] = value

    def invalidate(self, action: Action) -> None:
        out = self.training.output_dir
        self._recorder.postmortems.invalidated(action, out, self.step)

    def take_snapshot(self) -> None:
        taker = self._parts.takes_snapshots
        if taker is not None:
            self.judging.observe_later(taker.take(self))

    def hear(self) -> bool:
        return self.judging.commands.hear(self)

    def _carry_out(self, events: Sequence[Event], actions: Sequence[Action]) -> None:
        self._actuator.carry_out(self, actions)
        self.each(Part.told, events, actions)

    # ---- events of the trainer -------------------------------------------------------------

    def check(self) -> None:
        """Errors: PttError, for a policy or a part that this training cannot have"""
        self._actuator.check_training(self)
        self._parts.check()

    def start(self, arming: Arming, describe: Describe) -> None:
        """Begins the record."""
        self._recorder.start(self.step, arming, describe)
        if not self.ranks.are_together:
            what = "no rank is measured, and what is decided is only reported"
            self.report("PTT502", what, self.ranks.apart_because)

    def keep(self, texts: Mapping[str, str]) -> None:
        """Keeps packs that are in no file with the run, by name."""
        self._journal.keep(texts)

    def judge_by(
        self, pack: Pack, training: TrainingView, arming: Arming, described: Mapping[str, Any]
    ) -> None:
        """Other rules judge from the next row on, as the first ones show what is trained.

        Errors: PttError, for a policy that this training cannot have
        """
        before = self.pack, self.training
        self.pack, self.training = pack, training
        try:
            self._actuator.check_training(self)
        except PttError:
            self.pack, self.training = before
            raise
        self._recorder.judge_by(pack, arming, described)
        self.judging.judge_by(pack)

    def rearm(self, training: TrainingView, arming: Arming) -> None:
        """The rows show which framework logs, and so which detectors are armed."""
        self.training = training
        self._recorder.rearm(arming, {"stack": training.stack})

    def act(self) -> None:
        """Begins to carry out what is decided, once the run is where it goes on."""
        self._actuator.start(self)

    def each(self, hook: Hook, *given: Any) -> None:
        """Calls a hook of `Part` on those that have it; metrics it returns are judged as a row."""
        self._parts.call(hook, self.judging.observe, *given)

    def judge_own(self) -> None:
        """Judges what people's own checks have found since, as rows of their own."""
        with self.contain("PTT502", "an own finding could not be judged"):
            self.own.judge(self)

    def logged(self, logs: Mapping[str, Any]) -> None:
        """Judges what the trainer logs, and carries out what is decided, on all ranks."""
        self.judge_own()
        with self.contain("PTT502", "a row could not be judged"):
            self.judging.observe(logs)
        self.judging.agree()
        self.before_save()
        self.settle()

    def step_ends(self) -> None:
        self.beat(Pulse.RUNNING)
        self.each(Part.step_end)
        self.judge_own()
        if self._parts.are_due(self.step):  # a part may have made a row, on any rank
            self.judging.agree()
            self.hear_ranks()
        self.before_save()
        self.settle()

    def step_begins(self) -> None:
        self.finished = self.step
        self._saves.restore(self)
        self.settle()
        self.each(Part.step_begin)

    def settle(self) -> None:
        """Lets actions go on that waited until the trainer has done what its flags ask for."""
        flags = self.control
        if not (flags.should_log or flags.should_evaluate or flags.should_save):
            self._actuator.settle(self)

    def before_save(self, *, has_evaluated: bool = False) -> None:
        """The trainer may be about to save, at each of its events that come before it does."""
        with self.contain("PTT502", "a save was not prepared"):
            self._saves.prepare(self, has_evaluated=has_evaluated)

    def save(self) -> None:
        """The engine's state goes beside the checkpoint that the trainer has just saved."""
        checkpoint = self.training.checkpoint
        if self.ranks.is_first:
            with self.contain("PTT504", "the state could not be saved"):
                self._journal.state(self.judging.engine.state(), checkpoint)
        with self.contain("PTT504", "what was saved could not be looked at"):
            self._saves.saved(self, checkpoint)
        self.each(Part.saved, checkpoint)

    # ---- resume and end --------------------------------------------------------------------

    def resume(self, past: Past) -> None:
        """Goes on with the run of a checkpoint, if that is known; only the first rank judges."""
        if not self.ranks.is_first:
            return
        if past.is_known:
            self.judging.resume(past)
        else:
            name = past.checkpoint.name if past.checkpoint else "this checkpoint"
            self.say(f"{name} was saved without ptt: a new run begins at step {self.step}")

    def try_again(self) -> None:
        """A training that did not fit into memory begins again: what was found is not of it."""
        self._recorder.resume(0, 0)

    def end(self, ending: Ending | None = None) -> None:
        """Closes the run; with an ending, it ended badly, and a postmortem says how."""
        self._saves.restore(self)
        step = self.step
        if ending is not None:
            ending = self.ranks.end(ending)
            # a step that has logged its row may not be finished
            step = max(ending.step, self._recorder.memory.newest_step or 0)
            with self.contain("PTT504", "there is no postmortem"):
                self._recorder.postmortems.failed(ending, self.training.output_dir, self.step)
        self.hear_ranks()
        self.ranks.leave()
        with self.contain("PTT504", "the run could not be closed"):
            self._recorder.end(self.judging.engine, step)
        self._close()

    def give_up(self, before: int, now: int) -> None:
        """The training did not fit into memory, and begins again in batches of `now`."""
        record = {"step": self.finished, "batch_size": before, "next_batch_size": now}
        self.note({"event": RETRIED, **record})
        tried = f"out of memory after step {self.finished} with batches of {before}"
        self.warn(f"{tried}: the trainer begins again with batches of {now}")
        self.ranks.leave()
        self._close()

    def _close(self) -> None:
        self._actuator.end(self)
        self.each(Part.end)
        self._journal.close()
