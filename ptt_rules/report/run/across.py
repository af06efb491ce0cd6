"""Steps as places from left to right, the same in all drawings of a page."""

from __future__ import annotations

from ptt_rules.report.chart import Across
from ptt_rules.runs import Run


def across_of(run: Run, left: float, right: float) -> Across:
    """From step 0 to the last or the planned one, so that one sees what was not trained."""
    return Across(left, right, max(run.max_steps or 0, run.last_step, 1))
