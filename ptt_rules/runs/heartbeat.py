"""The heartbeat of a run: a small file, written anew every few seconds while a process lives.

From outside nothing else tells a run that takes its time from one that was killed. The training
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
_CLOCK_S = 2.0
"""How far the kernel's clock may be from ours."""
_START_FIELD = 19
"""Of `/proc/PID/stat` after the name: clock ticks since boot at which the process began."""


class Pulse(Enum):
    """What the training process said of itself last."""

    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The contents of `heartbeat.json`.

    Unit:  `time` in seconds since 1970
    Null:  `until` is when a pause ends by itself, and None otherwise
    """

    pulse: Pulse
    step: int
    time: float
    host: str
    process: int
    until: float | None = None

    @classmethod
    def now(cls, pulse: Pulse, step: int, *, until: float | None = None) -> Heartbeat:
        """The beat of this process."""
        return cls(pulse, step, time.time(), socket.gethostname(), os.getpid(), until)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Heartbeat:
        """Errors: KeyError, ValueError if it is none"""
        return cls(
            pulse=Pulse(data["pulse"]),
            step=int(data["step"]),
            time=float(data["time"]),
            host=str(data["host"]),
            process=int(data["process"]),
            until=None if data.get("until") is None else float(data["until"]),
        )

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "pulse": self.pulse.value}

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
        began = _began(self.process)
        return began is not None and began > self.time + _CLOCK_S


def _began(process: int) -> float | None:
    """When a process began; None where the system does not tell.

    After a reboot, or in another container, its number may be that of another process.

    Unit: seconds since 1970
    """
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/stat").read_text(encoding="utf-8").partition("btime ")[2].split()[0]
        ticks = int(stat.rpartition(")")[2].split()[_START_FIELD])
    except (OSError, ValueError, IndexError):
        return None
    return float(boot) + ticks / os.sysconf("SC_CLK_TCK")
