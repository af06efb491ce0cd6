"""Rules for the health of post-training runs: load packs, judge runs live or replayed."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ptt_rules._version import __version__
from ptt_rules.diagnostics import Diagnostic, Edit, Label, PttError, Severity
from ptt_rules.engine import (
    MOST_REPORTS,
    Action,
    Crowded,
    Engine,
    Event,
    EventKind,
    Finding,
    Incident,
    Reach,
    Reason,
    Report,
    Reports,
    Status,
    Unjudged,
    json_number,
)
from ptt_rules.packs import (
    Arming,
    DetectorInfo,
    Pack,
    PackFiles,
    PackInfo,
    check_sources,
    load,
    loads,
    settings_packs,
    shipped_packs,
)
from ptt_rules.types import ActionKind, Level

if TYPE_CHECKING:
    from ptt_rules.engine.why import Explanation
    from ptt_rules.logs import RunLog, read_log
    from ptt_rules.replaying import Replay, replay, why

__all__ = [
    "MOST_REPORTS",
    "Action",
    "ActionKind",
    "Arming",
    "Crowded",
    "DetectorInfo",
    "Diagnostic",
    "Edit",
    "Engine",
    "Event",
    "EventKind",
    "Explanation",
    "Finding",
    "Incident",
    "Label",
    "Level",
    "Pack",
    "PackFiles",
    "PackInfo",
    "PttError",
    "Reach",
    "Reason",
    "Replay",
    "Report",
    "Reports",
    "RunLog",
    "Severity",
    "Status",
    "Unjudged",
    "__version__",
    "check_sources",
    "json_number",
    "load",
    "loads",
    "read_log",
    "replay",
    "settings_packs",
    "shipped_packs",
    "why",
]

# These load Polars, which takes as long to import as everything else together.
_LOADED_ON_USE = {
    "Explanation": "ptt_rules.engine.why",
    "Replay": "ptt_rules.replaying",
    "RunLog": "ptt_rules.logs",
    "read_log": "ptt_rules.logs",
    "replay": "ptt_rules.replaying",
    "why": "ptt_rules.replaying",
}


def __getattr__(name: str) -> Any:
    if name in _LOADED_ON_USE:
        return getattr(import_module(_LOADED_ON_USE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
