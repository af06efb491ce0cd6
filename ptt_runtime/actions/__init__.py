"""What a policy can do to a training: one handler for each kind of action."""

from ptt_runtime.actions.actuator import Actuator
from ptt_runtime.actions.flags import Checkpoint, Evaluate, Invalidate, Stop
from ptt_runtime.actions.handler import Handler
from ptt_runtime.actions.notify import Notify
from ptt_runtime.actions.snapshot import Snapshot, TakesSnapshots

__all__ = [
    "Actuator",
    "Checkpoint",
    "Evaluate",
    "Handler",
    "Invalidate",
    "Notify",
    "Snapshot",
    "Stop",
    "TakesSnapshots",
]
