"""`pause SPAN`: holds all ranks at the end of a step."""

from __future__ import annotations

import time
from enum import Enum
from typing import TYPE_CHECKING

from ptt_rules import Action
from ptt_rules.runs import Pulse
from ptt_runtime.actions.handler import Handler
from ptt_runtime.distributed import RanksApart

if TYPE_CHECKING:
    from ptt_runtime.run import Run

POLL_S = 1.0
"""How often the ranks ask whether to go on: far within the limit of any collective."""


class Over(Enum):
    """What ended a pause."""

    TIME = "its time is up"
    RESUME = "ptt resume"
    APART = "the ranks hear each other no longer"


class Pause(Handler):
    """Begins once the trainer has evaluated and saved what was due at the step.

    The first rank looks for `ptt resume` and at the clock, and tells the others; all of them
    sleep in between, so that no rank waits in a collective of the training.
    """

    def __init__(self) -> None:
        self._due_s: float | None = None

    def start(self, run: Run) -> None:
        self._due_s = None

    def carry_out(self, run: Run, action: Action) -> None:
        self._due_s = max(float(action.arguments["seconds"] or 0), self._due_s or 0)

    def settle(self, run: Run) -> None:
        due_s, self._due_s = self._due_s, None
        if due_s is not None:
            self._hold(run, due_s)

    def _hold(self, run: Run, seconds: float) -> None:
        run.commands.hear(run.recorder, run.step)  # those of before the pause do not end it
        until = time.time() + seconds
        began = time.monotonic()
        run.recorder.paused(run.step, seconds)
        over = None
        while over is None:
            run.recorder.beat(Pulse.PAUSED, run.step, until=until)
            left = began + seconds - time.monotonic()
            time.sleep(max(0.0, min(POLL_S, left)))
            over = self._agreed(run, began + seconds)
        run.recorder.beat(Pulse.RUNNING, run.step, at_once=True)
        run.recorder.went_on(run.step, time.monotonic() - began, over.value)

    def _agreed(self, run: Run, end: float) -> Over | None:
        try:
            return run.ranks.of_first(self._over(run, end))
        except RanksApart:
            return Over.APART

    def _over(self, run: Run, end: float) -> Over | None:
        if run.commands.hear(run.recorder, run.step):
            return Over.RESUME
        return Over.TIME if time.monotonic() >= end else None
