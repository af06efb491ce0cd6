"""Which rank died first, where the others only hear that it no longer answers.

Each rank leaves in the store who it is, and, if it can, how it ended. One whose process is gone and
that left nothing was killed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from ptt_rules.runs import Ending, Heartbeat, Pulse, Verdict

WAIT_S = 1.0
"""How long the first rank looks: a process that was killed is gone a moment after its sockets."""
_POLL_S = 0.05
_OF_OTHERS = ("gloo", "nccl", "connection", "peer", "socket", "timed out", "timeout", "store")
"""Words of errors that come of a rank that no longer answers."""


class Deaths:
    """What the ranks of a run leave of themselves under a name in a store."""

    def __init__(self, store: Any, place: str, rank: int, world_size: int) -> None:
        self._store = store
        self._place = place
        self._rank = rank
        self._others = [one for one in range(world_size) if one != rank]

    def begin(self) -> None:
        """Says who this rank is. Errors: RuntimeError, ValueError"""
        self._leave("process", Heartbeat.now(Pulse.RUNNING, 0).to_json())

    def end(self, ending: Ending) -> None:
        """Says how it ended, while it still can."""
        with suppress(RuntimeError, ValueError):  # the store is gone
            self._leave("ended", {"reason": ending.reason, "time": time.time()})

    def first(self, ending: Ending) -> str:
        """Which rank died, and of what, if that is why this one ends; else nothing."""
        if ending.verdict not in (Verdict.EXCEPTION, Verdict.TERMINATED):
            return ""
        until = time.monotonic() + WAIT_S
        with suppress(RuntimeError, ValueError):
            while time.monotonic() < until:
                found = self._killed() or (self._ended() if _is_of_others(ending) else "")
                if found:
                    return found
                time.sleep(_POLL_S)
        return ""

    def _killed(self) -> str:
        for rank, told in self._left("process"):
            beat = Heartbeat.from_json(told)
            if beat.process_is_gone and not self._store.check([self._key("ended", rank)]):
                return f"rank {rank} was killed: its process {beat.process} on {beat.host} is gone"
        return ""

    def _ended(self) -> str:
        """The rank that said first that it ends."""
        ended = sorted((told["time"], rank, told["reason"]) for rank, told in self._left("ended"))
        return f"rank {ended[0][1]} ended: {ended[0][2]}" if ended else ""

    def _left(self, what: str) -> Iterator[tuple[int, dict[str, Any]]]:
        for rank in self._others:
            key = self._key(what, rank)
            if self._store.check([key]):
                yield rank, json.loads(self._store.get(key))

    def _leave(self, what: str, told: dict[str, Any]) -> None:
        self._store.set(self._key(what, self._rank), json.dumps(told))

    def _key(self, what: str, rank: int) -> str:
        return f"{self._place}/{what}/{rank}"


def _is_of_others(ending: Ending) -> bool:
    """Whether an ending may be no more than the echo of another rank's."""
    text = ending.reason.lower()
    return ending.verdict is Verdict.TERMINATED or any(word in text for word in _OF_OTHERS)
