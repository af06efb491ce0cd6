"""Notifies others: runs a command, or posts to an address."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ptt_rules.border import visible
from ptt_rules.evaluation import Event, EventKind
from ptt_rules.language import Level
from ptt_rules.runs.watching.watch import Condition, Look

LIMIT_S = 20.0
LONGEST = 4000
"""Characters of a notice's text; the rest is in its JSON."""
_ENDINGS = (Condition.FINISHED, Condition.STOPPED)
Notify = Callable[[Mapping[str, Any]], str]
"""Sends a notice; returns why it failed, or an empty text."""


class Alarm:
    """Which looks are worth a notice: each change for the worse once, and the return to health."""

    def __init__(self, notifiers: Sequence[Notify]) -> None:
        self._notifiers = notifiers
        self._last: Condition | None = None

    def hear(self, look: Look) -> list[str]:
        """Sends what is worth it; returns what could not be sent, and why."""
        notices = [*self._of_condition(look), *_of_events(look)]
        failures = [_notified(notify, notice) for notice in notices for notify in self._notifiers]
        return [failure for failure in failures if failure]

    def _of_condition(self, look: Look) -> list[dict[str, Any]]:
        before, self._last = self._last, look.condition
        if look.condition is before:
            return []
        was_well = before is None or not (before.is_bad or before is Condition.SLOW)
        is_well = look.condition in (Condition.RUNNING, Condition.WAITING)
        if (is_well and was_well) or (before is None and look.condition in _ENDINGS):
            return []
        text = f"{look.run} {_verb(look.condition, before)} at step {look.step}: {look.reason}"
        return [{"text": _short(text), **look.to_json()}]


def _verb(condition: Condition, before: Condition | None) -> str:
    if condition is Condition.RUNNING:
        return f"goes on (was {before.value if before else ''})"
    return f"is {condition.value}"


def _of_events(look: Look) -> list[dict[str, Any]]:
    """Findings that a person would get up for."""
    return [
        {"text": _short(f"{look.run} {_finding(event)}"), **event.to_json()}
        for event in look.new
        if event.level >= Level.HIGH and _is_news(event.event)
    ]


def _is_news(kind: EventKind) -> bool:
    # another detector may have suppressed a finding until it is reported as one that goes on
    return kind.is_finding or kind is EventKind.AGAIN


def _finding(event: Event) -> str:
    return f"{event.level.word} {event.who} at step {event.step}: {event.message}"


def _short(text: str) -> str:
    """One line that an environment, a subject of a mail and a terminal can take."""
    shown = visible(text)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}..."


def _notified(notify: Notify, notice: Mapping[str, Any]) -> str:
    try:
        return notify(notice)
    except Exception as error:
        # whatever is wrong with an address or a command, the watch goes on
        return f"a notice could not be sent: {type(error).__name__}: {error}"


def run_command(command: str) -> Notify:
    """A shell command that gets the notice as JSON on its input, and its text as PTT_TEXT."""

    def notify(notice: Mapping[str, Any]) -> str:
        try:
            done = subprocess.run(
                command,
                shell=True,
                input=json.dumps(notice),
                text=True,
                errors="replace",
                timeout=LIMIT_S,
                env={**os.environ, "PTT_TEXT": str(notice["text"])},
                capture_output=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"`{command}` took longer than {LIMIT_S:.0f} s"
        last = (done.stderr.strip().splitlines() or [""])[-1]
        return f"`{command}` ended with {done.returncode}: {last}" if done.returncode else ""

    return notify


def send(url: str) -> Notify:
    """A POST of the notice as JSON; `text` is what Slack and those like it show."""

    def notify(notice: Mapping[str, Any]) -> str:
        answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        # an answer may come byte by byte: each read has its limit, and the whole has this one
        post = threading.Thread(target=lambda: answers.put(_post(url, notice)), daemon=True)
        post.start()
        post.join(LIMIT_S)
        return f"the webhook took longer than {LIMIT_S:.0f} s" if post.is_alive() else answers.get()

    return notify


def _post(url: str, notice: Mapping[str, Any]) -> str:
    """Posts a notice; returns why it could not."""
    headers = {"Content-Type": "application/json"}
    try:
        data = json.dumps(notice).encode()
        request = urllib.request.Request(url, data=data, headers=headers, method="POST")
        with urllib.request.urlopen(request, timeout=LIMIT_S):
            return ""
    except Exception as error:
        # not only what urllib raises: an address with a blank, an answer that is not HTTP
        return f"the webhook was not reached: {type(error).__name__}: {error}"
