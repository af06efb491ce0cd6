"""Readers of run logs: one file for each format, all to the metric frame."""

from ptt_rules.logs.detect import READABLE
from ptt_rules.logs.frame import RunLog, check_frame, frame_of, rows_of
from ptt_rules.logs.read import read_log

__all__ = ["READABLE", "RunLog", "check_frame", "frame_of", "read_log", "rows_of"]
