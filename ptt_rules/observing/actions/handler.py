"""What carries out one kind of action."""

from __future__ import annotations

from ptt_rules.evaluation import Action
from ptt_rules.language import PttError
from ptt_rules.observing.view import RunView
from ptt_rules.packs import Pack


class Handler:
    """One kind of action: what refuses it beforehand, and what it does to a training.

    A handler lives as long as its callback, which may be given to several trainings in turn:
    `start` forgets what belonged to the training before. All of its methods are called on every
    rank alike, so that they may use `run.ranks`.
    """

    def check(self, pack: Pack) -> None:
        """As soon as the rules are known. Errors: PTT506 where nobody would carry it out"""

    def check_training(self, run: RunView) -> None:
        """Before the first step. Errors: PTT506 where this training cannot do it"""

    def start(self, run: RunView) -> None:
        """The run begins, or goes on after a resume. Called whether the policy wants it or not."""

    def carry_out(self, run: RunView, action: Action) -> None:
        """Does it; what it raises is reported, recorded and contained."""
        raise NotImplementedError

    def settle(self, run: RunView) -> None:
        """The trainer has done all that the flags of this step asked for; asked often."""

    def end(self, run: RunView) -> None:
        """The run ended, in whatever way."""


def refusal(pack: Pack, why: str, hint: str) -> PttError:
    """The error for a policy that uses an action which would not happen."""
    return PttError.of("PTT506", f"policy `{pack.policy}` uses {why}", hint=hint)
