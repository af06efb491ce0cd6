"""Takes snapshots while a run goes on, without a trace in its training."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch

from ptt_rules.observing import Metrics, Part, RunView
from ptt_rules.snapshots import FixedPrompt, Snapshot
from ptt_runtime.snapshots.artifacts import SnapshotFiles
from ptt_runtime.snapshots.at_work import AtWork, outcome_of_first
from ptt_runtime.snapshots.model import generator_of, tokenizer_of
from ptt_runtime.snapshots.options import Snapshots
from ptt_runtime.snapshots.reference import check_reference
from ptt_runtime.snapshots.render import usable
from ptt_runtime.snapshots.taking import Taking
from ptt_runtime.trackers import Answers
from ptt_runtime.training import training_of


class SnapshotTaker(Part):
    """At the start, every so many steps, at the end, and when a policy asks.

    Each process has the whole model, so the first one generates while the others wait for its
    numbers; what fails there fails on all of them alike, and is contained.
    """

    def __init__(self, options: Snapshots, on_taken: Callable[[RunView, Answers], None]) -> None:
        self._options = options
        self._on_taken = on_taken
        self._prompts: tuple[FixedPrompt, ...] = options.asked
        self._files: SnapshotFiles | None = None
        self._first: Snapshot | None = None
        self._last: Snapshot | None = None
        self._newest = -1
        self._began = time.monotonic()
        self._spent = 0.0

    def check(self, run: RunView) -> None:
        if self._options.generate is None:
            generator_of(training_of(run).model)
        tokenizer_of(training_of(run).processing_class)
        if self._options.reference is not None:
            model = generator_of(training_of(run).model)
            check_reference(self._options.reference, model, training_of(run).trainer)

    def start(self, run: RunView) -> Metrics | None:
        self._began, self._spent = time.monotonic(), 0.0
        if run.ranks.is_first:
            with run.contain("PTT522", "prompts were not checked"):
                self._leave_out_unusable(run)
        if run.path is not None:
            self._files = SnapshotFiles(run.path)
            if run.step > 0:
                with run.contain("PTT504", "snapshots of before are not read"):
                    self._resume(run, self._files)
        self._newest = run.ranks.of_first(self._last.step if self._last else -1)
        return self._take(run, "start")

    def step_end(self, run: RunView) -> Metrics | None:
        if run.is_last_step:
            return self._take(run, "end")
        return self._take(run, "every") if run.step % self._options.every == 0 else None

    def train_end(self, run: RunView) -> Metrics | None:
        if getattr(training_of(run).args, "load_best_model_at_end", False):
            return None  # these are no longer the weights of this step
        return self._take(run, "end")

    def take(self, run: RunView) -> Metrics | None:
        """A snapshot that a policy asked for."""
        return self._take(run, "action")

    def _take(self, run: RunView, reason: str) -> Metrics | None:
        """Its metrics, on all ranks; None where this step has its snapshot already."""
        step = run.step
        if step == self._newest:
            return None
        self._newest = step
        own: Metrics | str = self._outcome(run, step, reason) if run.ranks.is_first else {}
        made = outcome_of_first(run.ranks, own)
        if isinstance(made, str):
            run.report("PTT522", "a snapshot was not taken", made)
            return None
        log_in_history(training_of(run).state, made)
        return made

    def _outcome(self, run: RunView, step: int, reason: str) -> Metrics | str:
        """The metrics of a new snapshot, or why there is none: the other ranks wait for either."""
        try:
            with AtWork(run.ranks):
                return self._taken(run, step, reason)
        except Exception as error:
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
            return f"{type(error).__name__}: {error}"

    def _taken(self, run: RunView, step: int, reason: str) -> Metrics:
        """Errors: whatever generation raises"""
        began = time.monotonic()
        snapshot = self._taking(run).snapshot(step, reason, self._first, self._last)
        if self._files is not None:
            with run.contain("PTT504", "a snapshot cannot be written"):
                self._files.write(snapshot, self._first, self._last)
        metrics = {**snapshot.metrics, **self._about(time.monotonic() - began)}
        answers = Answers.of(snapshot, self._first, metrics)
        self._first, self._last = self._first or snapshot, snapshot
        self._on_taken(run, answers)
        return metrics

    def _taking(self, run: RunView) -> Taking:
        training = training_of(run)
        model = training.model if self._options.generate is not None else None
        return Taking(
            model if model is not None else generator_of(training.model),
            tokenizer_of(training.processing_class),
            self._prompts,
            self._options,
            run,
        )

    def _about(self, seconds: float) -> dict[str, float]:
        """Seconds of a snapshot, and the share of all of them in the run once it went on."""
        is_first = self._spent == 0
        self._spent += seconds
        share = self._spent / max(time.monotonic() - self._began, self._spent)
        about = {"snapshot/seconds": seconds, "snapshot/temperature": self._options.temperature}
        return about if is_first else {**about, "snapshot/time_share": share}

    def _leave_out_unusable(self, run: RunView) -> None:
        """One prompt that the template or the model does not take costs itself alone."""
        if self._options.generate is not None:
            return
        model = generator_of(training_of(run).model)
        tokenizer = tokenizer_of(training_of(run).processing_class)
        good, bad = usable(model, tokenizer, self._options.asked, self._options)
        for prompt, why in bad:
            run.report("PTT522", f"the prompt `{prompt.name}` is left out of snapshots", why)
        self._prompts = good

    def _resume(self, run: RunView, files: SnapshotFiles) -> None:
        """Goes on with the snapshots that had the same prompts and settings, if those are last."""
        found = files.resume(run.step)
        now = self._taking(run).fingerprint
        same: list[Snapshot] = []
        for one in found:
            same = [*same, one] if one.fingerprint == now else []
        if same:
            self._first, self._last = same[0], same[-1]
        elif found:
            before = found[-1].step
            files.resume(run.step - 1)  # the one of this step is taken anew
            run.warn(
                f"snapshots begin anew at step {run.step}: their prompts or settings are not those "
                f"of step {before}, so nothing is compared with what came before"
            )


def log_in_history(state: Any, metrics: Metrics) -> None:
    """A row of the trainer's own log, which it saves with its checkpoints, as `Trainer.log` does.

    That one itself would have trainers log, and forget, what they have measured since their last
    row.
    """
    epoch = {} if state.epoch is None else {"epoch": state.epoch}
    state.log_history.append({**metrics, **epoch, "step": state.global_step})
