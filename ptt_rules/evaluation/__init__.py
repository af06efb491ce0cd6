"""Judging runs: live, row by row, and, in `replay`, whole logs at once.

`replay` is not imported here, since it loads Polars, which judging live does not need.
"""

from typing import TYPE_CHECKING

from ptt_rules._later import later
from ptt_rules.evaluation.compiled import CompiledDetector, CompiledPack, compile_pack, shown
from ptt_rules.evaluation.engine import Engine
from ptt_rules.evaluation.events import Action, Event, EventKind, json_number
from ptt_rules.evaluation.families import MOST_INSTANCES, Crowded
from ptt_rules.evaluation.incidents import QUIET_ROWS, Finding, Incident, incidents
from ptt_rules.evaluation.judge import Judge, Status
from ptt_rules.evaluation.lacks import Reason
from ptt_rules.evaluation.reports import MOST_REPORTS, REPORT_ROWS, Report, Reports
from ptt_rules.evaluation.texts import with_values
from ptt_rules.evaluation.unjudged import Moments, Reach, Unjudged, lacking

if TYPE_CHECKING:
    from ptt_rules.evaluation.replay import FrameReplay, LogReplay

__all__ = [
    "MOST_INSTANCES",
    "MOST_REPORTS",
    "QUIET_ROWS",
    "REPORT_ROWS",
    "Action",
    "CompiledDetector",
    "CompiledPack",
    "Crowded",
    "Engine",
    "Event",
    "EventKind",
    "Finding",
    "FrameReplay",
    "Incident",
    "Judge",
    "LogReplay",
    "Moments",
    "Reach",
    "Reason",
    "Report",
    "Reports",
    "Status",
    "Unjudged",
    "compile_pack",
    "incidents",
    "json_number",
    "lacking",
    "shown",
    "with_values",
]

__getattr__ = later(
    __name__,
    {
        "ptt_rules.evaluation.replay": "FrameReplay LogReplay",
    },
)
