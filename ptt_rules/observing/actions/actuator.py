"""Carries out what a policy decides, and refuses before the run what nobody could."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ptt_rules.evaluation import Action
from ptt_rules.language import ActionKind
from ptt_rules.observing.actions.handler import Handler
from ptt_rules.observing.view import RunView
from ptt_rules.packs import Pack


class Actuator:
    """One handler for each kind of action; those of one row are carried out in the kinds' order."""

    def __init__(self, handlers: Mapping[ActionKind, Handler]) -> None:
        self._handlers = {kind: handlers[kind] for kind in ActionKind}
        self._settling = [
            one for one in self._handlers.values() if type(one).settle is not Handler.settle
        ]

    def check(self, pack: Pack) -> None:
        """Refuses a policy that no training could carry out. Errors: PTT506"""
        for handler in self._wanted(pack):
            handler.check(pack)

    def check_training(self, run: RunView) -> None:
        """Refuses a policy that this training cannot carry out. Errors: PTT506"""
        for handler in self._wanted(run.pack):
            handler.check(run.pack)
            handler.check_training(run)

    def start(self, run: RunView) -> None:
        """The run is about to take its first step, or the first one after a resume."""
        for handler in self._handlers.values():
            handler.start(run)

    def carry_out(self, run: RunView, actions: Iterable[Action]) -> None:
        """Carries out the actions of one row, in the order in which they are given."""
        for action in (one for one in actions if not one.fault):  # a fault is on the record
            what = f"`{action.action.value}` could not be carried out"
            with run.contain("PTT506", what):
                self._handlers[action.action].carry_out(run, action)

    def settle(self, run: RunView) -> None:
        """Called once the trainer has nothing left to log, evaluate or save at this step."""
        with run.contain("PTT506", "an action could not be carried out"):
            for handler in self._settling:
                handler.settle(run)

    def end(self, run: RunView) -> None:
        for handler in self._handlers.values():
            with run.contain("PTT506", "an action could not be closed"):
                handler.end(run)

    def _wanted(self, pack: Pack) -> Iterator[Handler]:
        return (handler for kind, handler in self._handlers.items() if kind in pack.actions)
