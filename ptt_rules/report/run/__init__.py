"""The report of a run: one page that needs no other file, and the same curves as a drawing."""

from ptt_rules.report.run.report import run_drawing, run_page, write_report

__all__ = ["run_drawing", "run_page", "write_report"]
