"""The report of a run: one page that needs no other file, and its pictures."""

from ptt_rules.report.run.page import run_page
from ptt_rules.report.run.write import write_report

__all__ = ["run_page", "write_report"]
