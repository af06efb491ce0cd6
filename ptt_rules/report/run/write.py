"""Writing the report of a run beside its other files."""

from __future__ import annotations

import os
from pathlib import Path

from ptt_rules.packs import Pack
from ptt_rules.report.run.page import run_page
from ptt_rules.runs import REPORT, read_run, write_whole


def write_report(run_dir: str | os.PathLike[str], pack: Pack | None = None) -> Path:
    """Writes `report.html` into a run directory; returns its path.

    Who has the rules at hand that judged the run gives them, so that they are not loaded anew.

    Errors: those of `read_run`, OSError if the page cannot be written
    Cost:   reads the whole journal, and replays it where something was found
    """
    run = read_run(run_dir)
    page = run.path / REPORT
    write_whole(page, run_page(run, pack), lasting=False)
    return page
