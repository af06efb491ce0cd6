"""What a policy can do to a training: one handler for each kind of action."""

from ptt_runtime.actions.actuator import Actuator
from ptt_runtime.actions.flags import Checkpoint, Evaluate, Invalidate, Stop
from ptt_runtime.actions.handler import Handler
from ptt_runtime.actions.notify import Notify
from ptt_runtime.actions.pause import Pause
from ptt_runtime.actions.setting import Set
from ptt_runtime.actions.snapshot import Snapshot, TakesSnapshots

__all__ = [
    "Actuator",
    "Checkpoint",
    "Evaluate",
    "Handler",
    "Invalidate",
    "Notify",
    "Pause",
    "Set",
    "Snapshot",
    "Stop",
    "TakesSnapshots",
]
