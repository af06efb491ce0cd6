"""Whole columns: a program over metric frames as Polars expressions."""

from ptt_rules.evaluation.polars.columns import Columns, FrameProgram
from ptt_rules.evaluation.polars.expressions import expression
from ptt_rules.evaluation.polars.held import Held, held
from ptt_rules.evaluation.polars.observations import Rows
from ptt_rules.evaluation.polars.plain import NO_INSTANCE, NoForm, PlainProgram

__all__ = [
    "NO_INSTANCE",
    "Columns",
    "FrameProgram",
    "Held",
    "NoForm",
    "PlainProgram",
    "Rows",
    "expression",
    "held",
]
