"""What a policy says of a run as a whole: it stops, or is not to be used."""

from __future__ import annotations

from ptt_rules.evaluation import Action
from ptt_rules.observing.actions.handler import Handler
from ptt_rules.observing.view import RunView


class Stop(Handler):
    def carry_out(self, run: RunView, action: Action) -> None:
        run.request_stop()


class Invalidate(Handler):
    def carry_out(self, run: RunView, action: Action) -> None:
        run.invalidate(action)
