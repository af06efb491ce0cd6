"""The trainer side of ptt: one callback, and what it leaves of a run."""

from ptt_runtime.callback import DiagnosticsCallback
from ptt_runtime.control import TrainingStopped

__all__ = ["DiagnosticsCallback", "TrainingStopped"]
