"""A program row by row: one Python function is written of it, and keeps what windows need."""

from ptt_rules.evaluation.row.delayed import NEVER
from ptt_rules.evaluation.row.each import MOST_INSTANCES, Crowded, Words, key_pattern
from ptt_rules.evaluation.row.expressions import ONE_NUMBER, compute
from ptt_rules.evaluation.row.generated import function_of
from ptt_rules.evaluation.row.history import BoolHistory, History, Needs
from ptt_rules.evaluation.row.instances import BASE, Own, Template
from ptt_rules.evaluation.row.live import LiveProgram
from ptt_rules.evaluation.row.streams import (
    STAMPS,
    Now,
    Stream,
    is_carried,
    stream_of,
)
from ptt_rules.evaluation.row.views import ComputeWindow, need_window, window_function

__all__ = [
    "BASE",
    "MOST_INSTANCES",
    "NEVER",
    "ONE_NUMBER",
    "STAMPS",
    "BoolHistory",
    "ComputeWindow",
    "Crowded",
    "History",
    "LiveProgram",
    "Needs",
    "Now",
    "Own",
    "Stream",
    "Template",
    "Words",
    "compute",
    "function_of",
    "is_carried",
    "key_pattern",
    "need_window",
    "stream_of",
    "window_function",
]
