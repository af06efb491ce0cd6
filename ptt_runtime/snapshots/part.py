"""Takes snapshots while a run goes on, without a trace in its training."""

from __future__ import annotations

import time
from typing import Any

import torch

from ptt_rules.snapshots import Snapshot
from ptt_runtime.part import Metrics, Part
from ptt_runtime.snapshots.artifacts import SnapshotFiles
from ptt_runtime.snapshots.generate import completions
from ptt_runtime.snapshots.model import generator_of, tokenizer_of
from ptt_runtime.snapshots.options import Snapshots
from ptt_runtime.snapshots.prompts import fixed_prompts
from ptt_runtime.snapshots.undisturbed import undisturbed
from ptt_runtime.view import RunView


class SnapshotTaker(Part):
    """At the start, every so many steps, at the end, and when a policy asks.

    Each process has the whole model, so the first one generates while the others wait for its
    numbers; what fails there fails on all of them alike, and is contained.
    """

    def __init__(self, options: Snapshots) -> None:
        self._options = options
        self._prompts = fixed_prompts(options.prompts)
        self._files: SnapshotFiles | None = None
        self._first: Snapshot | None = None
        self._last: Snapshot | None = None
        self._newest = -1

    def check(self, run: RunView) -> None:
        generator_of(run.training.model)
        tokenizer_of(run.training.processing_class)

    def start(self, run: RunView) -> Metrics | None:
        if run.path is not None:
            self._files = SnapshotFiles(run.path)
            if run.step > 0:
                with run.contain("PTT504", "snapshots of before are not read"):
                    self._resume(self._files, run.step)
        self._newest = run.ranks.of_first(self._last.step if self._last else -1)
        return self._take(run, "start")

    def step_end(self, run: RunView) -> Metrics | None:
        if run.is_last_step:
            return self._take(run, "end")
        return self._take(run, "every") if run.step % self._options.every == 0 else None

    def train_end(self, run: RunView) -> Metrics | None:
        if getattr(run.training.args, "load_best_model_at_end", False):
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
        made = run.ranks.of_first(self._outcome(run, step, reason) if run.ranks.is_first else None)
        if isinstance(made, str):
            run.report("PTT522", "a snapshot was not taken", made)
            return None
        return made

    def _outcome(self, run: RunView, step: int, reason: str) -> Metrics | str:
        """The metrics of a new snapshot, or why there is none: the other ranks wait for either."""
        try:
            snapshot = self._generated(run, step, reason)
        except Exception as error:
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
            return f"{type(error).__name__}: {error}"
        if self._files is not None:
            with run.contain("PTT504", "a snapshot cannot be written"):
                self._files.write(snapshot, self._first, self._last)
        self._first, self._last = self._first or snapshot, snapshot
        return snapshot.metrics

    def _generated(self, run: RunView, step: int, reason: str) -> Snapshot:
        training, began = run.training, time.monotonic()
        model = generator_of(training.model)
        tokenizer = tokenizer_of(training.processing_class)
        with undisturbed(model, self._options.seed):
            said = completions(model, tokenizer, self._prompts, self._options)
        return Snapshot.of(
            step,
            said,
            first=self._first,
            last=self._last,
            settings=self._settings(tokenizer),
            reason=reason,
            seconds=time.monotonic() - began,
        )

    def _settings(self, tokenizer: Any) -> dict[str, Any]:
        has_template = bool(getattr(tokenizer, "chat_template", None))
        return {**self._options.settings, "chat_template": has_template}

    def _resume(self, files: SnapshotFiles, step: int) -> None:
        self._first, self._last = files.resume(step)
