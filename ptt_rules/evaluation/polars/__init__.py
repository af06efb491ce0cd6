"""Whole columns: a program over metric frames as Polars expressions."""

from ptt_rules.evaluation.polars.columns import Columns, FrameProgram
from ptt_rules.evaluation.polars.expressions import expression
from ptt_rules.evaluation.polars.held import Held, held
from ptt_rules.evaluation.polars.observations import Rows

__all__ = ["Columns", "FrameProgram", "Held", "Rows", "expression", "held"]
