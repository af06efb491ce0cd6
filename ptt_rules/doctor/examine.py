"""All checks, and what they find in one set-up."""

from __future__ import annotations

from collections.abc import Sequence

from ptt_rules.doctor.arguments import ROWS, channels
from ptt_rules.doctor.check import Check, Finding
from ptt_rules.doctor.machine import (
    disk,
    faults_of_run,
    shared_directory,
    trackers,
    versions,
    writable,
)
from ptt_rules.doctor.rules import lacking, logs, rules
from ptt_rules.doctor.setup import Setup

CHECKS: Sequence[Check] = (
    Check("versions", versions),
    Check("rules", rules),
    Check("channels", channels),
    Check("run_dir", shared_directory),
    Check("writable", writable),
    Check("disk", disk),
    Check("faults", faults_of_run),
    Check("report_to", trackers),
    *(Check(row.name, row.look) for row in ROWS),
    Check("logs", logs),
    Check("metrics", lacking),
)


def examine(setup: Setup) -> list[Finding]:
    """What all checks find, the worst first; of a check that finds nothing that it is all right."""
    found = [one for check in CHECKS for one in check.findings(setup)]
    return sorted(found, key=lambda one: -one.verdict)
