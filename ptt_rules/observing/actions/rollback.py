"""`rollback`: refused before the run; a replay records where it would have been."""

from __future__ import annotations

from ptt_rules.observing.actions.handler import Handler, refusal
from ptt_rules.packs import Pack


class Rollback(Handler):
    def check(self, pack: Pack) -> None:
        hint = "let the policy `checkpoint` and `stop`, and resume from the last good checkpoint"
        raise refusal(pack, "`rollback`, which a training does not carry out", hint)
