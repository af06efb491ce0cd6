"""`snapshot`: records model outputs on the fixed prompts, at this step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ptt_rules import Action, Pack
from ptt_runtime.actions.handler import Handler, refusal
from ptt_runtime.part import Metrics

if TYPE_CHECKING:
    from ptt_runtime.run import Run


@runtime_checkable
class TakesSnapshots(Protocol):
    """The part of a run that takes snapshots."""

    def take(self, run: Run) -> Metrics | None:
        """Takes one now; its features, as metrics of a row of their own."""


class Snapshot(Handler):
    """At most one at each step: the row of its features may decide on another."""

    def __init__(self, *, is_on: bool) -> None:
        self._is_on = is_on
        self._newest = -1

    def check(self, pack: Pack) -> None:
        if not self._is_on:
            why = "`snapshot`, and snapshots are off"
            raise refusal(pack, why, "write `snapshots=...` where the callback is made")

    def start(self, run: Run) -> None:
        self._newest = -1

    def carry_out(self, run: Run, action: Action) -> None:
        taker: TakesSnapshots | None = run.takes_snapshots
        if taker is not None and self._newest != action.step:
            self._newest = action.step
            run.observe_later(taker.take(run))
