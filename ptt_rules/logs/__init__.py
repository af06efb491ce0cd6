"""Readers of run logs: one file for each format, all to the metric frame."""

from typing import TYPE_CHECKING

from ptt_rules._later import later
from ptt_rules.logs.context import NOTHING_KNOWN, RunContext
from ptt_rules.logs.own_findings import OWN_KEY, RECORD, OwnFinding, Texts
from ptt_rules.logs.rows import POSITION_KEYS, RESUMED, Row, packed, read_row, unpacked
from ptt_rules.logs.siblings import NO_SIBLINGS, SiblingMetric, Siblings

if TYPE_CHECKING:
    from ptt_rules.logs.detect import READABLE
    from ptt_rules.logs.frame import RunLog, check_frame, frame_of, has_resumed, rows_of
    from ptt_rules.logs.given import Run, open_run
    from ptt_rules.logs.jsonl import JsonLines, Skip, skipped
    from ptt_rules.logs.keys import flat, logged_keys
    from ptt_rules.logs.named_siblings import sibling_runs
    from ptt_rules.logs.places import COUNTED, step_key_of, step_of
    from ptt_rules.logs.post_training_toolkit import (
        TOOLKIT,
        is_toolkit_run,
        trainer_of_toolkit_run,
    )
    from ptt_rules.logs.read import open_log, read_log
    from ptt_rules.logs.run_directory import FACTS, JOURNAL, METRICS, PROVENANCE, has_metrics
    from ptt_rules.logs.stream import LogStream
    from ptt_rules.logs.table import open_parquet

__all__ = [
    "COUNTED",
    "FACTS",
    "JOURNAL",
    "METRICS",
    "NOTHING_KNOWN",
    "NO_SIBLINGS",
    "OWN_KEY",
    "POSITION_KEYS",
    "PROVENANCE",
    "READABLE",
    "RECORD",
    "RESUMED",
    "TOOLKIT",
    "JsonLines",
    "LogStream",
    "OwnFinding",
    "Row",
    "Run",
    "RunContext",
    "RunLog",
    "SiblingMetric",
    "Siblings",
    "Skip",
    "Texts",
    "check_frame",
    "flat",
    "frame_of",
    "has_metrics",
    "has_resumed",
    "is_toolkit_run",
    "logged_keys",
    "open_log",
    "open_parquet",
    "open_run",
    "packed",
    "read_log",
    "read_row",
    "rows_of",
    "sibling_runs",
    "skipped",
    "step_key_of",
    "step_of",
    "trainer_of_toolkit_run",
    "unpacked",
]

__getattr__ = later(
    __name__,
    {
        "ptt_rules.logs.detect": "READABLE",
        "ptt_rules.logs.frame": "RunLog check_frame frame_of has_resumed rows_of",
        "ptt_rules.logs.given": "Run open_run",
        "ptt_rules.logs.jsonl": "JsonLines Skip skipped",
        "ptt_rules.logs.keys": "flat logged_keys",
        "ptt_rules.logs.places": "COUNTED step_key_of step_of",
        "ptt_rules.logs.post_training_toolkit": "TOOLKIT is_toolkit_run trainer_of_toolkit_run",
        "ptt_rules.logs.read": "open_log read_log",
        "ptt_rules.logs.run_directory": "FACTS JOURNAL METRICS PROVENANCE has_metrics",
        "ptt_rules.logs.named_siblings": "sibling_runs",
        "ptt_rules.logs.stream": "LogStream",
        "ptt_rules.logs.table": "open_parquet",
    },
)
