"""`pause SPAN`: holds all ranks at the end of a step."""

from __future__ import annotations

import time
from enum import Enum

from ptt_rules.evaluation import Action
from ptt_rules.observing.actions.handler import Handler
from ptt_rules.observing.ranks import RanksApart
from ptt_rules.observing.view import RunView
from ptt_rules.runs import Pulse

POLL_S = 1.0
"""How often the ranks ask whether to go on: far within the limit of any collective."""


class Over(Enum):
    """What ended a pause."""

    TIME = "its time is up"
    RESUME = "ptt resume"
    APART = "the ranks hear each other no longer"


class Pause(Handler):
    """Begins once the trainer has evaluated and saved what was due at the step.

    The first rank looks for `ptt resume` and at the clock, and lets the others know; all of them
    sleep in between, so that no rank waits in a collective of the training.
    """

    def __init__(self) -> None:
        self._due_s: float | None = None

    def start(self, run: RunView) -> None:
        self._due_s = None

    def carry_out(self, run: RunView, action: Action) -> None:
        self._due_s = max(float(action.arguments["seconds"] or 0), self._due_s or 0)

    def settle(self, run: RunView) -> None:
        due_s, self._due_s = self._due_s, None
        if due_s is not None:
            self._hold(run, due_s)

    def _hold(self, run: RunView, seconds: float) -> None:
        run.hear()  # those of before the pause do not end it
        until = time.time() + seconds
        began = time.monotonic()
        run.note({"event": "paused", "step": run.step, "seconds": seconds})
        how = f"`ptt resume {run.path}`" if run.path else "its time is up"
        run.warn(f"paused at step {run.step} for {seconds:g} s, or until {how}")
        over = None
        while over is None:
            run.beat(Pulse.PAUSED, until=until)
            left = began + seconds - time.monotonic()
            time.sleep(max(0.0, min(POLL_S, left)))
            over = self._agreed(run, began + seconds)
        run.beat(Pulse.RUNNING, at_once=True)
        self._report(run, time.monotonic() - began, over)

    def _report(self, run: RunView, held_s: float, over: Over) -> None:
        record = {"step": run.step, "held_s": round(held_s, 3), "because": over.value}
        run.note({"event": "went_on", **record})
        run.warn(f"goes on at step {run.step} after {held_s:.0f} s: {over.value}")

    def _agreed(self, run: RunView, end: float) -> Over | None:
        try:
            return run.ranks.of_first(self._over(run, end))
        except RanksApart:
            return Over.APART

    def _over(self, run: RunView, end: float) -> Over | None:
        if run.hear():
            return Over.RESUME
        return Over.TIME if time.monotonic() >= end else None
