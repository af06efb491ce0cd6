"""The trainer side of ptt: one callback, and what it leaves of a run."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ptt_runtime.callback import DiagnosticsCallback
    from ptt_runtime.control import TrainingStopped

__all__ = ["DiagnosticsCallback", "TrainingStopped"]

# These load Transformers: `python -m ptt_runtime.demo` sets what that reads, or finds it missing.
_LOADED_ON_USE = {
    "DiagnosticsCallback": "ptt_runtime.callback",
    "TrainingStopped": "ptt_runtime.control",
}


def __getattr__(name: str) -> Any:
    if name in _LOADED_ON_USE:
        return getattr(import_module(_LOADED_ON_USE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
