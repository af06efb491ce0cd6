"""Watches a live run from outside its process: whether it goes on, hangs, slows down or died.

Nothing is needed but the run directory: its heartbeat, its journal and its events.
"""

from ptt_rules.runs.pace import Pace
from ptt_rules.runs.watching.alarm import Alarm, run_command, send
from ptt_rules.runs.watching.watch import Condition, Look, Watch

__all__ = ["Alarm", "Condition", "Look", "Pace", "Watch", "run_command", "send"]
