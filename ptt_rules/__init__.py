"""Rules for the health of post-training runs: load packs, judge runs live or replayed."""

from typing import TYPE_CHECKING

from ptt_rules._later import later
from ptt_rules._version import __version__
from ptt_rules.evaluation import (
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
from ptt_rules.language import ActionKind, Diagnostic, Edit, Label, Level, PttError, Severity, Who

if TYPE_CHECKING:
    from ptt_rules.evaluation.why import Explanation
    from ptt_rules.logs import RunLog, read_log
    from ptt_rules.observing import Decision, Monitor
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
    from ptt_rules.replaying import Replay, replay, why

__all__ = [
    "MOST_REPORTS",
    "Action",
    "ActionKind",
    "Arming",
    "Crowded",
    "Decision",
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
    "Monitor",
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
    "Who",
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

# Loading rules needs the parser, and judging whole logs Polars; who judges live, neither.
__getattr__ = later(
    __name__,
    {
        "ptt_rules.evaluation.why": "Explanation",
        "ptt_rules.logs": "RunLog read_log",
        "ptt_rules.observing": "Decision Monitor",
        "ptt_rules.packs": (
            "Arming DetectorInfo Pack PackFiles PackInfo check_sources load loads settings_packs "
            "shipped_packs"
        ),
        "ptt_rules.replaying": "Replay replay why",
    },
)


def __dir__() -> list[str]:
    """With the names that are loaded at their first use, for those who look around."""
    return sorted({*globals(), *__all__})
