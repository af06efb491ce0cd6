"""Findings and diagnostics as text for people and as lines for machines."""

from ptt_rules.report.arming import armed_text, arming_lines, disabled_lines, surprise_lines
from ptt_rules.report.colour import Colour
from ptt_rules.report.diagnostics import diagnostic_text, diagnostics_summary, github_line
from ptt_rules.report.events import action_text, crowded_text, event_text, note_text
from ptt_rules.report.incidents import incident_text, incidents_text
from ptt_rules.report.ir import ir_text
from ptt_rules.report.lines import width_of, wrapped
from ptt_rules.report.pages import code_json, code_text, detector_json, detector_text
from ptt_rules.report.rules import RuleWords, rule_words
from ptt_rules.report.sarif import sarif_log
from ptt_rules.report.terminal import Terminal, terminal_text
from ptt_rules.runs.reach_text import lacks_text, reach_text, unjudged_lines
from ptt_rules.visible import visible, visible_lines

__all__ = [
    "Colour",
    "RuleWords",
    "Terminal",
    "action_text",
    "armed_text",
    "arming_lines",
    "code_json",
    "code_text",
    "crowded_text",
    "detector_json",
    "detector_text",
    "diagnostic_text",
    "diagnostics_summary",
    "disabled_lines",
    "event_text",
    "github_line",
    "incident_text",
    "incidents_text",
    "ir_text",
    "lacks_text",
    "note_text",
    "reach_text",
    "rule_words",
    "sarif_log",
    "surprise_lines",
    "terminal_text",
    "unjudged_lines",
    "visible",
    "visible_lines",
    "width_of",
    "wrapped",
]
