"""Whole columns: a program over a metric frame as Polars expressions."""

from ptt_rules.backends.polars.columns import FrameProgram, clock

__all__ = ["FrameProgram", "clock"]
