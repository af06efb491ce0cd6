"""Whole columns: a program over metric frames as Polars expressions."""

from ptt_rules.backends.polars.columns import Columns, FrameProgram
from ptt_rules.backends.polars.held import Held, held
from ptt_rules.backends.polars.observations import Rows

__all__ = ["Columns", "FrameProgram", "Held", "Rows", "held"]
