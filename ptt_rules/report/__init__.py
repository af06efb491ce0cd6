"""Findings and diagnostics as text for people and as lines for machines."""

from typing import TYPE_CHECKING

from ptt_rules._later import later
from ptt_rules.report.arming import armed_text, arming_lines, disabled_lines, surprise_lines
from ptt_rules.report.diagnostics import diagnostic_text, diagnostics_summary, github_line
from ptt_rules.report.events import action_text, crowded_text, event_text, note_text
from ptt_rules.report.incidents import incident_text, incidents_text
from ptt_rules.report.rules import RuleWords, rule_words
from ptt_rules.report.terminal import WIDEST, Colour, Terminal, terminal_text, width_of, wrapped

if TYPE_CHECKING:
    from ptt_rules.report.coverage import coverage_json, coverage_text
    from ptt_rules.report.difference import difference_text, event_changes_text
    from ptt_rules.report.effective import effective_json, effective_text
    from ptt_rules.report.explain import code_json, code_text, detector_json, detector_text
    from ptt_rules.report.first_cause import first_cause_text, no_cause_text
    from ptt_rules.report.ir import ir_text
    from ptt_rules.report.junit import junit_xml
    from ptt_rules.report.pack_blocks import pack_page
    from ptt_rules.report.page import (
        Block,
        Heading,
        Paragraph,
        Picture,
        Table,
        html_page,
        markdown,
    )
    from ptt_rules.report.polars import polars_text
    from ptt_rules.report.run_texts import (
        checkpoint_verdict,
        checkpoints_text,
        postmortem_text,
        runs_text,
        story_text,
    )
    from ptt_rules.report.sarif import sarif_log
    from ptt_rules.report.snapshots import diff_page, diff_text, index_page
    from ptt_rules.report.tests import counts_text, outcome_text
    from ptt_rules.report.values import values_text
    from ptt_rules.report.watching import block, line, news, trouble
    from ptt_rules.report.why import why_text

__all__ = [
    "WIDEST",
    "Block",
    "Colour",
    "Heading",
    "Paragraph",
    "Picture",
    "RuleWords",
    "Table",
    "Terminal",
    "action_text",
    "armed_text",
    "arming_lines",
    "block",
    "checkpoint_verdict",
    "checkpoints_text",
    "code_json",
    "code_text",
    "counts_text",
    "coverage_json",
    "coverage_text",
    "crowded_text",
    "detector_json",
    "detector_text",
    "diagnostic_text",
    "diagnostics_summary",
    "diff_page",
    "diff_text",
    "difference_text",
    "disabled_lines",
    "effective_json",
    "effective_text",
    "event_changes_text",
    "event_text",
    "first_cause_text",
    "github_line",
    "html_page",
    "incident_text",
    "incidents_text",
    "index_page",
    "ir_text",
    "junit_xml",
    "line",
    "markdown",
    "news",
    "no_cause_text",
    "note_text",
    "outcome_text",
    "pack_page",
    "polars_text",
    "postmortem_text",
    "rule_words",
    "runs_text",
    "sarif_log",
    "story_text",
    "surprise_lines",
    "terminal_text",
    "trouble",
    "values_text",
    "why_text",
    "width_of",
    "wrapped",
]

__getattr__ = later(
    __name__,
    {
        "ptt_rules.report.snapshots": "diff_page diff_text index_page",
        "ptt_rules.report.coverage": "coverage_json coverage_text",
        "ptt_rules.report.difference": "difference_text event_changes_text",
        "ptt_rules.report.page": "Block Heading Paragraph Picture Table html_page markdown",
        "ptt_rules.report.effective": "effective_json effective_text",
        "ptt_rules.report.first_cause": "first_cause_text no_cause_text",
        "ptt_rules.report.ir": "ir_text",
        "ptt_rules.report.polars": "polars_text",
        "ptt_rules.report.junit": "junit_xml",
        "ptt_rules.report.pack_blocks": "pack_page",
        "ptt_rules.report.explain": "code_json code_text detector_json detector_text",
        "ptt_rules.report.run_texts": (
            "checkpoint_verdict checkpoints_text postmortem_text runs_text story_text"
        ),
        "ptt_rules.report.sarif": "sarif_log",
        "ptt_rules.report.tests": "counts_text outcome_text",
        "ptt_rules.report.values": "values_text",
        "ptt_rules.report.watching": "block line news trouble",
        "ptt_rules.report.why": "why_text",
    },
)
