"""What people ask of the run while it goes on: `ptt resume` and `ptt ack`, as the run hears them.

Only the first rank reads them. What a command quiets is reported less and decided on as before, so
that the same log leads to the same decisions.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ptt_rules.evaluation import Event
from ptt_rules.language import Who
from ptt_rules.observing.view import RunView
from ptt_rules.runs import Command, CommandKind, Inbox


class Commands:
    """The commands of one run directory; without one there are none."""

    def __init__(self, folder: Path | None) -> None:
        self._inbox = Inbox(folder) if folder else None
        self._quiet: dict[str, Command] = {}
        """The newest `ack` of each detector that people have acknowledged."""

    def restore(self, run: RunView) -> None:
        """Hears again what was asked before a resume; it is on the record already."""
        for command in self._new(run):
            self._hear(command)

    def hear(self, run: RunView) -> bool:
        """Takes in the commands that have come; whether one of them ends a pause."""
        is_resumed = False
        for command in self._new(run):
            is_resumed |= command.command is CommandKind.RESUME
            self._hear(command)
            if command.command is not CommandKind.RESUME:
                run.note(record_of(command, run.step))
                run.say(text_of(command))
        return is_resumed

    def _new(self, run: RunView) -> list[Command]:
        found: list[Command] = []
        if self._inbox is not None:
            with run.contain("PTT508", "a command was not understood"):
                # one by one, so that those before a broken one are heard
                for command in self._inbox.new():
                    found.append(command)
        return found

    def _hear(self, command: Command) -> None:
        if command.detector is None:
            return
        if command.command is CommandKind.ACK:
            self._quiet[command.detector] = command
        elif command.command is CommandKind.UNACK:
            self._quiet.pop(command.detector, None)

    # ---- who is quiet ----------------------------------------------------------------------

    def is_quiet(self, who: str, step: int) -> bool:
        """Whether people have acknowledged a detector, or this instance of it."""
        if not self._quiet:
            return False
        names = (who, Who.parse(who).qualified)
        acks = [self._quiet[name] for name in names if name in self._quiet]
        return any(_lasts(ack, step) for ack in acks)

    def quiets(self, event: Event) -> bool:
        return self.is_quiet(event.who, event.step)


def record_of(command: Command, step: int) -> dict[str, Any]:
    """What people asked of the run, as a line of `events.jsonl`."""
    return {"event": "asked", **command.to_json(), "step": step}


def text_of(command: Command) -> str:
    verb = "is quiet about" if command.command is CommandKind.ACK else "reports again on"
    return f"{verb} {command.detector}, as {command.by} asked"


def _lasts(ack: Command, step: int) -> bool:
    if ack.until_step is not None:
        return step <= ack.until_step
    return ack.until_time is None or time.time() < ack.until_time
