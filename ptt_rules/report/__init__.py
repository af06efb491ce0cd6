"""Findings and diagnostics as text for people and as lines for machines."""

from ptt_rules.report.colour import Colour
from ptt_rules.report.diagnostics import diagnostic_text, diagnostics_summary, github_line
from ptt_rules.report.events import action_text, blind_text, event_text
from ptt_rules.report.ir import ir_text

__all__ = [
    "Colour",
    "action_text",
    "blind_text",
    "diagnostic_text",
    "diagnostics_summary",
    "event_text",
    "github_line",
    "ir_text",
]
