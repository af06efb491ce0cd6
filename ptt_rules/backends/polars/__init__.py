"""Whole columns: a program over a metric frame as Polars expressions."""

from ptt_rules.backends.polars.columns import FrameProgram, clock
from ptt_rules.backends.polars.observations import WindowAt

__all__ = ["FrameProgram", "WindowAt", "clock"]
