"""Runs as they are left on the disk: reading a run directory, and what its files hold.

The training process uses the same names and documents when it writes them.
"""

from typing import TYPE_CHECKING

from ptt_rules._later import later
from ptt_rules.border import NotRegularError, regular_text
from ptt_rules.logs import FACTS, JOURNAL, METRICS, NO_SIBLINGS, PROVENANCE, Siblings
from ptt_rules.logs import RESUMED as ROW_MARK
from ptt_rules.runs.checkpoints import Checkpoint, checkpoints, of_this_run
from ptt_rules.runs.commands import COMMANDS, Command, CommandKind, Inbox, give_command, open_inbox
from ptt_rules.runs.files import (
    ABANDONED,
    BEGUN,
    CHECKPOINT_STATE,
    CHECKPOINT_WEIGHTS,
    DIFFS,
    EVENTS,
    HEARTBEAT,
    PACKS,
    POSTMORTEM,
    REACH,
    REPORT,
    SNAPSHOTS,
    STATE,
    write_whole,
)
from ptt_rules.runs.good import is_good, last_good_step, newest_good, observations, onset
from ptt_rules.runs.heartbeat import EVERY_S, Heartbeat, Pulse
from ptt_rules.runs.json_text import (
    document_text,
    escaped,
    line_text,
    logged_text,
    strict,
    with_text_keys,
)
from ptt_rules.runs.postmortem import (
    LAST_ROWS,
    Ending,
    Record,
    Verdict,
    environment,
    good_text,
    postmortem,
)
from ptt_rules.runs.reach import reach_of_run
from ptt_rules.runs.reach_text import lacks_text, reach_text, unjudged_lines
from ptt_rules.runs.records import FAULT, RESUMED, RETRIED, Records, faults, read_records
from ptt_rules.runs.resumption import COMPARED, WEIGHTS, WITHOUT_EFFECT, Mismatch, mismatch_of
from ptt_rules.runs.rules import Rule, Rules
from ptt_rules.runs.state import RunState, State, duration, state_of

if TYPE_CHECKING:
    from ptt_rules.runs.dead import postmortem_of, write_postmortem
    from ptt_rules.runs.explanation import Explained, chosen, explained, explanations, rules_of
    from ptt_rules.runs.faults import Places, WayBack, fault_of, first_cause, way_back
    from ptt_rules.runs.find import Entry, find_runs
    from ptt_rules.runs.run import Run, is_run, read_run
    from ptt_rules.runs.story import Story, event_of, run_json, story_of

__all__ = [
    "ABANDONED",
    "BEGUN",
    "CHECKPOINT_STATE",
    "CHECKPOINT_WEIGHTS",
    "COMMANDS",
    "COMPARED",
    "DIFFS",
    "EVENTS",
    "EVERY_S",
    "FACTS",
    "FAULT",
    "HEARTBEAT",
    "JOURNAL",
    "LAST_ROWS",
    "METRICS",
    "NO_SIBLINGS",
    "PACKS",
    "POSTMORTEM",
    "PROVENANCE",
    "REACH",
    "REPORT",
    "RESUMED",
    "RETRIED",
    "ROW_MARK",
    "SNAPSHOTS",
    "STATE",
    "WEIGHTS",
    "WITHOUT_EFFECT",
    "Checkpoint",
    "Command",
    "CommandKind",
    "Ending",
    "Entry",
    "Explained",
    "Heartbeat",
    "Inbox",
    "Mismatch",
    "NotRegularError",
    "Places",
    "Pulse",
    "Record",
    "Records",
    "Rule",
    "Rules",
    "Run",
    "RunState",
    "Siblings",
    "State",
    "Story",
    "Verdict",
    "WayBack",
    "checkpoints",
    "chosen",
    "document_text",
    "duration",
    "environment",
    "escaped",
    "event_of",
    "explained",
    "explanations",
    "fault_of",
    "faults",
    "find_runs",
    "first_cause",
    "give_command",
    "good_text",
    "is_good",
    "is_run",
    "lacks_text",
    "last_good_step",
    "line_text",
    "logged_text",
    "mismatch_of",
    "newest_good",
    "observations",
    "of_this_run",
    "onset",
    "open_inbox",
    "postmortem",
    "postmortem_of",
    "reach_of_run",
    "reach_text",
    "read_records",
    "read_run",
    "regular_text",
    "rules_of",
    "run_json",
    "state_of",
    "story_of",
    "strict",
    "unjudged_lines",
    "way_back",
    "with_text_keys",
    "write_postmortem",
    "write_whole",
]

__getattr__ = later(
    __name__,
    {
        "ptt_rules.runs.dead": "postmortem_of write_postmortem",
        "ptt_rules.runs.explanation": "Explained chosen explained explanations rules_of",
        "ptt_rules.runs.faults": "Places WayBack fault_of first_cause way_back",
        "ptt_rules.runs.find": "Entry find_runs",
        "ptt_rules.runs.run": "Run is_run read_run",
        "ptt_rules.runs.story": "Story event_of run_json story_of",
    },
)
