"""Analyses of the IR before it runs: one pass, one file."""

from ptt_rules.language.intervals import Interval, inf
from ptt_rules.language.passes.bounds import Bounds, compared
from ptt_rules.language.passes.leaves import with_leaves
from ptt_rules.language.passes.reach import can_be_known, can_hold
from ptt_rules.language.passes.share import Operation, Program

__all__ = [
    "Bounds",
    "Interval",
    "Operation",
    "Program",
    "can_be_known",
    "can_hold",
    "compared",
    "inf",
    "with_leaves",
]
