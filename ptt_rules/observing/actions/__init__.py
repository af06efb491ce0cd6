"""What a policy can do to a run, whoever trains: one handler for each kind of action."""

from ptt_rules.observing.actions.actuator import Actuator
from ptt_rules.observing.actions.handler import Handler, refusal
from ptt_rules.observing.actions.notify import Notify
from ptt_rules.observing.actions.pause import Pause
from ptt_rules.observing.actions.rollback import Rollback
from ptt_rules.observing.actions.verdicts import Invalidate, Stop

__all__ = [
    "Actuator",
    "Handler",
    "Invalidate",
    "Notify",
    "Pause",
    "Rollback",
    "Stop",
    "refusal",
]
