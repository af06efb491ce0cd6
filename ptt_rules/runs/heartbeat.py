"""The heartbeat of a run: a small file, written anew every few seconds while a process lives.

From outside nothing else distinguishes a slow run from one that was killed. The training
process writes it at the start, at most every `EVERY_S` seconds at the end of a step, while it
pauses, and once more when it ends.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import Any

EVERY_S = 5.0
_START_FIELD = 19
"""Of `/proc/PID/stat` after the name: clock ticks since boot at which the process began."""


_ENDED = ("Z", "X")
"""States of a process in that file."""


class Pulse(Enum):
    """The last state that the training process recorded."""

    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The contents of `heartbeat.json`.

    Unit:  `time` in seconds since 1970
    Null:  `until` is when a pause ends by itself, and None otherwise; `began` is None where the
           system does not say when a process began: it reveals a number that was given to
           another process, after a reboot or in another container
    """

    pulse: Pulse
    step: int
    time: float
    host: str
    process: int
    until: float | None = None
    began: int | None = None

    @classmethod
    def now(cls, pulse: Pulse, step: int, *, until: float | None = None) -> Heartbeat:
        """The beat of this process."""
        process = os.getpid()
        host = socket.gethostname()
        return cls(pulse, step, time.time(), host, process, until, _began(process))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Heartbeat:
        """Errors: KeyError, ValueError if it is not a heartbeat"""
        return cls(
            pulse=Pulse(data["pulse"]),
            step=int(data["step"]),
            time=float(data["time"]),
            host=str(data["host"]),
            process=int(data["process"]),
            until=None if data.get("until") is None else float(data["until"]),
            began=None if data.get("began") is None else int(data["began"]),
        )

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "pulse": self.pulse.value}

    @property
    def is_own(self) -> bool:
        """Whether it is of this very process."""
        process = os.getpid()
        own = (socket.gethostname(), process, _began(process))
        return (self.host, self.process, self.began) == own

    def is_of_process(self, other: Heartbeat) -> bool:
        """Whether both are of one process."""
        mine = (self.host, self.process, self.began)
        return mine == (other.host, other.process, other.began)

    @property
    def process_is_gone(self) -> bool | None:
        """Whether its process lives no more; None if that was on another machine."""
        if self.host != socket.gethostname():
            return None
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass  # it lives, and is another user's
        return self.began is not None and _began(self.process) != self.began


def _began(process: int) -> int | None:
    """When a process began, in clock ticks since boot.

    Null: if the system does not say, and for a process that ended and was not yet cleared away
    """
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
        fields = stat.rpartition(")")[2].split()
        return None if fields[0] in _ENDED else int(fields[_START_FIELD])
    except (OSError, ValueError, IndexError):
        return None
