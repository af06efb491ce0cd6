"""Runs as they are left on the disk: reading a run directory, and what its files hold.

The training process uses the same names and documents when it writes them.
"""

from ptt_rules.logs.run_directory import JOURNAL, METRICS, PROVENANCE
from ptt_rules.regular import NotRegularError, regular_text
from ptt_rules.runs.checkpoints import Checkpoint, checkpoints, of_this_run
from ptt_rules.runs.commands import COMMANDS, Command, CommandKind, Inbox, give_command, open_inbox
from ptt_rules.runs.explained import chosen, explanations, rules_of
from ptt_rules.runs.faults import Places, WayBack, fault_of, way_back
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
from ptt_rules.runs.good import last_good_step, newest_good, observations, onset
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
from ptt_rules.runs.records import RESUMED, RETRIED, Records
from ptt_rules.runs.resumption import COMPARED, WEIGHTS, WITHOUT_EFFECT, Mismatch, mismatch_of
from ptt_rules.runs.rules import Rule, Rules
from ptt_rules.runs.run import Run, is_run, read_run
from ptt_rules.runs.state import RunState, State, state_of

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
    "HEARTBEAT",
    "JOURNAL",
    "LAST_ROWS",
    "METRICS",
    "PACKS",
    "POSTMORTEM",
    "PROVENANCE",
    "REACH",
    "REPORT",
    "RESUMED",
    "RETRIED",
    "SNAPSHOTS",
    "STATE",
    "WEIGHTS",
    "WITHOUT_EFFECT",
    "Checkpoint",
    "Command",
    "CommandKind",
    "Ending",
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
    "State",
    "Verdict",
    "WayBack",
    "checkpoints",
    "chosen",
    "document_text",
    "environment",
    "escaped",
    "explanations",
    "fault_of",
    "give_command",
    "good_text",
    "is_run",
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
    "reach_of_run",
    "read_run",
    "regular_text",
    "rules_of",
    "state_of",
    "strict",
    "way_back",
    "with_text_keys",
    "write_whole",
]
