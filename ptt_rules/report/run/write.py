"""Writing the report of a run beside its other files."""

from __future__ import annotations

import os
from pathlib import Path

from ptt_rules.report.run.page import run_page
from ptt_rules.runs import REPORT, read_run, write_whole


def write_report(run_dir: str | os.PathLike[str], path: Path | None = None) -> Path:
    """Writes `report.html` of a run directory, or another file; returns its path.

    Errors: those of `read_run`, OSError if the page cannot be written
    Cost:   reads the whole journal
    """
    run = read_run(run_dir)
    place = path or run.path / REPORT
    write_whole(place, run_page(run), lasting=False)
    return place
