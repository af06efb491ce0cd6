"""Tests that packs carry: found, run, judged, and what they cover."""

from ptt_rules.authoring.tests.conformance import SUFFIX, Case, read_cases, run_case
from ptt_rules.authoring.tests.coverage import (
    Coverage,
    DetectorCoverage,
    Seen,
    percent,
)
from ptt_rules.authoring.tests.outcome import Failure, Outcome
from ptt_rules.authoring.tests.runner import Runner
from ptt_rules.authoring.tests.scene import Scene, scene_of
from ptt_rules.authoring.tests.series import LogRow, Sample, rows_of_samples
from ptt_rules.authoring.tests.suites import Suite, find_suites, is_named
from ptt_rules.authoring.tests.traces import Curve, Trace, traces
from ptt_rules.authoring.tests.watch import changed, times_of

__all__ = [
    "SUFFIX",
    "Case",
    "Coverage",
    "Curve",
    "DetectorCoverage",
    "Failure",
    "LogRow",
    "Outcome",
    "Runner",
    "Sample",
    "Scene",
    "Seen",
    "Suite",
    "Trace",
    "changed",
    "find_suites",
    "is_named",
    "percent",
    "read_cases",
    "rows_of_samples",
    "run_case",
    "scene_of",
    "times_of",
    "traces",
]
