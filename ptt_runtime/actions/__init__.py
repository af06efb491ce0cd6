"""What a policy can do to a training: one handler for each kind of action."""

from ptt_runtime.actions.actuator import Actuator
from ptt_runtime.actions.table import HANDLERS, Means

__all__ = ["HANDLERS", "Actuator", "Means"]
