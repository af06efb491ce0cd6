"""Whole columns: a program over a metric frame as Polars expressions."""

from ptt_rules.backends.polars.columns import FrameProgram, clock
from ptt_rules.backends.polars.held import Held, held
from ptt_rules.backends.polars.observations import Rows

__all__ = ["FrameProgram", "Held", "Rows", "clock", "held"]
