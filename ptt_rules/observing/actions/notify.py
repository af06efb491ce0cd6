"""`notify "channel"`: sends the findings that led to it to people."""

from __future__ import annotations

from collections.abc import Mapping

from ptt_rules.evaluation import Action
from ptt_rules.observing.actions.handler import Handler, refusal
from ptt_rules.observing.channels import Channel, Notice
from ptt_rules.observing.view import RunView
from ptt_rules.packs import Pack

CLOSING_S = 10.0
"""How long the end of a run waits for notices that are still to be delivered."""


class Notify(Handler):
    """The first rank sends; a channel that fails is reported once, and training goes on."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels

    def check(self, pack: Pack) -> None:
        missing = sorted(pack.channels - self._channels.keys())
        if missing:
            words = ", ".join(f'`notify "{name}"`' for name in missing)
            why = f"{words}, but no such channel was given"
            raise refusal(pack, why, f'write `channels={{"{missing[0]}": Webhook("https://...")}}`')

    def carry_out(self, run: RunView, action: Action) -> None:
        if run.ranks.is_first and not run.is_quiet(action):
            notice = Notice.of(action, run.causes(action), run.name)
            self._channels[notice.channel].send(notice)

    def settle(self, run: RunView) -> None:
        for name, channel in self._channels.items():
            for failure in channel.failures():
                run.report("PTT506", f'`notify "{name}"` did not arrive', failure)

    def end(self, run: RunView) -> None:
        if run.ranks.is_first:
            for channel in self._channels.values():
                channel.close(CLOSING_S)
            self.settle(run)
