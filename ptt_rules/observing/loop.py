"""A training whose loop is one's own: what it says of itself, and where each of its rows stands."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ptt_rules.border import number
from ptt_rules.evaluation import Action
from ptt_rules.language import PttError
from ptt_rules.logs import COUNTED, flat, logged_keys, read_row, step_key_of, step_of
from ptt_rules.observing.resuming import Origin, Past, RunMark
from ptt_rules.observing.saving import SavingRun
from ptt_rules.runs import NO_SIBLINGS, Siblings


class Loop:
    """Where a loop stands. `step` is that of its newest row."""

    def __init__(self, step: int) -> None:
        self.step = step
        self.counts = False
        """Whether its rows are counted, since they have no step of their own."""

    def placed(self, row: Any, step: Any = None) -> dict[str, Any]:
        """A row with its `step`, keys as a trainer logs them; without one, rows are counted.

        Errors: PTT501 for what is not a log dict, for a step that is not one, and one that falls
        """
        if not isinstance(row, Mapping):
            hint = 'give the log dict, such as `{"step": 10, "loss": 0.3}`'
            raise PttError.of("PTT501", f"a row is a dict of metrics, not {row!r:.60}", hint=hint)
        told = flat({str(key): value for key, value in row.items()})
        names = logged_keys(told)
        logged = {names[key]: value for key, value in told.items()}
        key = step_key_of([told])
        if step is None and key is not None:
            step = step_of(told[key])
        if step is None:
            self.counts, step = True, self.step + 1
        at = read_row({**logged, "step": step}).step
        if at < self.step:
            raise PttError.of(
                "PTT501",
                f"step {at} follows step {self.step}: the steps of a run never fall",
                hint=f"after a resume make the monitor with `resume_step={at}`",
            )
        self.step = at
        return {**logged, "step": at}

    @property
    def note(self) -> str:
        """What is to be said of how rows are placed."""
        return COUNTED if self.counts else ""


@dataclass(frozen=True, slots=True)
class LoopTraining:
    """The training of a loop of one's own."""

    algorithm: str
    loop: Loop
    config: Mapping[str, Any]
    facts: Mapping[str, float]
    siblings: Siblings = NO_SIBLINGS
    stack: str | None = None
    resumes: Origin | None = None
    past: Past | None = None
    trl_version: str | None = None
    is_first: bool = True
    history: Sequence[Mapping[str, Any]] = ()
    planned: Mapping[str, Any] = field(default_factory=dict)

    @property
    def step(self) -> int:
        return self.loop.step

    @property
    def max_steps(self) -> float:
        steps = number(self.config.get("max_steps", math.inf))
        return steps if steps is not None and steps > 0 else math.inf

    @property
    def output_dir(self) -> Path | None:
        """As its configuration says, with folders `checkpoint-N` as trainers save them."""
        told = self.config.get("output_dir")
        return Path(told) if isinstance(told, str) and told else None

    @property
    def checkpoint(self) -> Path:
        return (self.output_dir or Path()) / f"checkpoint-{self.step}"

    @property
    def holder(self) -> object:
        return self.loop

    def origin(self) -> Origin | None:
        return self.resumes

    def leave_mark(self, mark: RunMark, instead_of: str | None) -> None:
        """Its checkpoints are its own, and ptt does not know where they are."""

    def gone_on(self, past: Past | None) -> LoopTraining:
        return replace(self, past=past)

    def logged_by(self, stack: str) -> LoopTraining:
        return replace(self, stack=stack)

    def judged_as(self, algorithm: str) -> LoopTraining:
        return replace(self, algorithm=algorithm)


class LoopSaves:
    """The loop saves by itself: it is asked to, and its files are its own."""

    def ask(self, run: SavingRun, action: Action) -> bool:
        run.control.should_save = True
        return True

    def prepare(self, run: SavingRun, *, has_evaluated: bool = False) -> None:
        """Nothing is known of the files of a loop."""

    def saved(self, run: SavingRun, checkpoint: Path) -> None:
        """Nothing is known of the files of a loop."""

    def restore(self, run: SavingRun) -> None:
        """Nothing of a loop was changed."""
