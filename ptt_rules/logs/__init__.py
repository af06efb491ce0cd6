"""Readers of run logs: one file for each format, all to the metric frame."""

from ptt_rules.logs.detect import READABLE
from ptt_rules.logs.frame import RunLog, check_frame, frame_of, rows_of
from ptt_rules.logs.read import open_log, read_log
from ptt_rules.logs.stream import LogStream

__all__ = [
    "READABLE",
    "LogStream",
    "RunLog",
    "check_frame",
    "frame_of",
    "open_log",
    "read_log",
    "rows_of",
]
