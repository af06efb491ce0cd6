"""Telling somebody else: a command that is run, or an address that is posted to."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ptt_rules.engine import EventKind
from ptt_rules.types import Level
from ptt_rules.watching.watch import Condition, Look

LIMIT_S = 20.0
_ENDINGS = (Condition.FINISHED, Condition.STOPPED)
Tell = Callable[[Mapping[str, Any]], str]
"""Tells a notice; returns why it could not, or nothing."""


class Alarm:
    """Which looks are worth a notice: each change for the worse once, and the return to health."""

    def __init__(self, tellers: Sequence[Tell]) -> None:
        self._tellers = tellers
        self._last: Condition | None = None

    def hear(self, look: Look) -> list[str]:
        """Sends what is worth it; returns what could not be sent, and why."""
        notices = [*self._of_condition(look), *_of_events(look)]
        failures = [tell(notice) for notice in notices for tell in self._tellers]
        return [failure for failure in failures if failure]

    def _of_condition(self, look: Look) -> list[dict[str, Any]]:
        before, self._last = self._last, look.condition
        if look.condition is before:
            return []
        was_well = before is None or not (before.is_bad or before is Condition.SLOW)
        is_well = look.condition is Condition.RUNNING
        if (is_well and was_well) or (before is None and look.condition in _ENDINGS):
            return []
        text = f"{look.run} {_verb(look.condition, before)} at step {look.step}: {look.reason}"
        return [{"text": text, **look.to_json()}]


def _verb(condition: Condition, before: Condition | None) -> str:
    if condition is Condition.RUNNING:
        return f"goes on (was {before.value if before else ''})"
    return f"is {condition.value}"


def _of_events(look: Look) -> list[dict[str, Any]]:
    """Findings that a person would get up for."""
    return [
        {"text": f"{look.run} {event.level.word} {event.who} at step {event.step}: {event.message}",
         **event.to_json()}
        for event in look.new
        if event.level >= Level.HIGH and event.event in (EventKind.FIRED, EventKind.ESCALATED)
    ]  # fmt: skip


def run_command(command: str) -> Tell:
    """A shell command that gets the notice as JSON on its input, and its text as PTT_TEXT."""

    def tell(notice: Mapping[str, Any]) -> str:
        try:
            done = subprocess.run(
                command,
                shell=True,
                input=json.dumps(notice),
                text=True,
                timeout=LIMIT_S,
                env={**os.environ, "PTT_TEXT": str(notice["text"])},
                capture_output=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"`{command}` took longer than {LIMIT_S:.0f} s"
        last = (done.stderr.strip().splitlines() or [""])[-1]
        return f"`{command}` ended with {done.returncode}: {last}" if done.returncode else ""

    return tell


def send(url: str) -> Tell:
    """A POST of the notice as JSON; `text` is what Slack and those like it show."""

    def tell(notice: Mapping[str, Any]) -> str:
        data = json.dumps(notice).encode()
        headers = {"Content-Type": "application/json"}
        try:
            request = urllib.request.Request(url, data=data, headers=headers, method="POST")
            with urllib.request.urlopen(request, timeout=LIMIT_S):
                return ""
        except (urllib.error.URLError, OSError, ValueError) as error:
            return f"the webhook was not reached: {error}"

    return tell
