"""`snapshot`: records model outputs on the fixed prompts, at this step."""

from __future__ import annotations

from ptt_rules import Action, Pack
from ptt_rules.observing import RunView
from ptt_rules.observing.actions import Handler, refusal


class Snapshot(Handler):
    """At most one at each step: the row of its features may decide on another."""

    def __init__(self, *, is_on: bool) -> None:
        self._is_on = is_on
        self._newest = -1

    def check(self, pack: Pack) -> None:
        if not self._is_on:
            why = "`snapshot`, but snapshots are off"
            raise refusal(pack, why, "write `snapshots=...` where the callback is made")

    def start(self, run: RunView) -> None:
        self._newest = -1

    def carry_out(self, run: RunView, action: Action) -> None:
        if self._newest != action.step:
            self._newest = action.step
            run.take_snapshot()
