"""The functions of the language as table rows: what they take, and what a caller writes.

`AGGREGATES` turn a window of a series into a value, `POINTWISE` work on the numbers of a row,
`OF_SERIES` look at whether and when a series was observed. `HABITS` are names from other
languages with what to write here.
"""

from ptt_rules.language.functions.aggregates import AGGREGATES, AggregateSignature, Reach
from ptt_rules.language.functions.pointwise import (
    FLOAT_TESTS,
    HABITS,
    MEANINGS,
    OF_SERIES,
    POINTWISE,
    PointwiseSignature,
)

FUNCTION_WORDS = (*AGGREGATES, *POINTWISE, *FLOAT_TESTS, *OF_SERIES)

__all__ = [
    "AGGREGATES",
    "FLOAT_TESTS",
    "FUNCTION_WORDS",
    "HABITS",
    "MEANINGS",
    "OF_SERIES",
    "POINTWISE",
    "AggregateSignature",
    "PointwiseSignature",
    "Reach",
]
