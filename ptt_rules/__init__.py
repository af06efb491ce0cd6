"""Rules for the health of post-training runs: load packs, judge runs live or replayed."""

from ptt_rules._version import __version__
from ptt_rules.diagnostics import Diagnostic, Label, PttError, Severity
from ptt_rules.engine import Action, Blind, Engine, Event, EventKind, Replay, Status, json_number
from ptt_rules.logs import RunLog, read_log
from ptt_rules.packs import (
    DetectorInfo,
    Pack,
    PackInfo,
    check_sources,
    load,
    loads,
    shipped_packs,
)
from ptt_rules.replaying import replay
from ptt_rules.types import ActionKind, Level

__all__ = [
    "Action",
    "ActionKind",
    "Blind",
    "DetectorInfo",
    "Diagnostic",
    "Engine",
    "Event",
    "EventKind",
    "Label",
    "Level",
    "Pack",
    "PackInfo",
    "PttError",
    "Replay",
    "RunLog",
    "Severity",
    "Status",
    "__version__",
    "check_sources",
    "json_number",
    "load",
    "loads",
    "read_log",
    "replay",
    "shipped_packs",
]
