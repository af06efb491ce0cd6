"""The trainer side of ptt: one callback, and what it leaves of a run."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ptt_runtime.before_resume import check_resume
    from ptt_runtime.callback import DiagnosticsCallback
    from ptt_runtime.control import TrainingStopped
    from ptt_runtime.snapshots import Snapshots

__all__ = ["DiagnosticsCallback", "Snapshots", "TrainingStopped", "check_resume"]

# These load Transformers: `python -m ptt_runtime.demo` sets what that reads, or finds it missing.
_LOADED_ON_USE = {
    "DiagnosticsCallback": "ptt_runtime.callback",
    "Snapshots": "ptt_runtime.snapshots",
    "TrainingStopped": "ptt_runtime.control",
    "check_resume": "ptt_runtime.before_resume",
}


def __getattr__(name: str) -> Any:
    if name in _LOADED_ON_USE:
        return getattr(import_module(_LOADED_ON_USE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
