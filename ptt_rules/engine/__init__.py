"""Judging runs: live, row by row, and, in `replay`, whole logs at once.

`replay` is not imported here, since it loads Polars, which judging live does not need.
"""

from ptt_rules.engine.compiled import CompiledPack, compile_pack, shown
from ptt_rules.engine.engine import Engine
from ptt_rules.engine.events import Action, Event, EventKind, json_number
from ptt_rules.engine.families import MOST_INSTANCES, Crowded
from ptt_rules.engine.incidents import Finding, Incident
from ptt_rules.engine.judge import Status
from ptt_rules.engine.lacks import Reason
from ptt_rules.engine.reports import MOST_REPORTS, REPORT_ROWS, Report, Reports
from ptt_rules.engine.texts import with_values
from ptt_rules.engine.unjudged import Reach, Unjudged

__all__ = [
    "MOST_INSTANCES",
    "MOST_REPORTS",
    "REPORT_ROWS",
    "Action",
    "CompiledPack",
    "Crowded",
    "Engine",
    "Event",
    "EventKind",
    "Finding",
    "Incident",
    "Reach",
    "Reason",
    "Report",
    "Reports",
    "Status",
    "Unjudged",
    "compile_pack",
    "json_number",
    "shown",
    "with_values",
]
