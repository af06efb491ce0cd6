"""The functions of the language as table rows: what they take, and what a caller writes.

`STATISTICS` turn a window of a series into a value, `POINTWISE` work on the numbers of a row,
`OF_SERIES` look at whether and when a series was observed. `HABITS` are names from other
languages with what to write here.
"""

from ptt_rules.language.functions.arithmetic import FLOATS, Arithmetic, unsigned
from ptt_rules.language.functions.folded import FOLDED
from ptt_rules.language.functions.folds import SUM, Fold
from ptt_rules.language.functions.ordered import (
    ORDERED,
    greatest,
    mann_kendall,
    middle,
    ranked,
    robust_slope,
    slopes_to,
    smallest,
    tied,
    trend,
)
from ptt_rules.language.functions.pointwise import (
    FLOAT_TESTS,
    HABITS,
    MEANINGS,
    OF_DETECTORS,
    OF_SERIES,
    OF_SIBLINGS,
    POINTWISE,
    FloatClass,
    Function,
    PointwiseSignature,
)
from ptt_rules.language.functions.ranges import Given
from ptt_rules.language.functions.statistic import (
    SYMMETRIC,
    Computation,
    Ends,
    Folded,
    OfOrdered,
    OfSample,
    Ordered,
    Reach,
    Sampled,
    Statistic,
    Tally,
)
from ptt_rules.language.functions.tallied import COUNT, TALLIED

STATISTICS = {row.word: row for row in (*TALLIED, *FOLDED, *ORDERED)}


def function_words() -> tuple[str, ...]:
    """The words of all functions."""
    return (*STATISTICS, *POINTWISE, *FLOAT_TESTS, *OF_SERIES, OF_DETECTORS.word, OF_SIBLINGS.word)


__all__ = [
    "COUNT",
    "FLOATS",
    "FLOAT_TESTS",
    "HABITS",
    "MEANINGS",
    "OF_DETECTORS",
    "OF_SERIES",
    "OF_SIBLINGS",
    "POINTWISE",
    "STATISTICS",
    "SUM",
    "SYMMETRIC",
    "Arithmetic",
    "Computation",
    "Ends",
    "FloatClass",
    "Fold",
    "Folded",
    "Function",
    "Given",
    "OfOrdered",
    "OfSample",
    "Ordered",
    "PointwiseSignature",
    "Reach",
    "Sampled",
    "Statistic",
    "Tally",
    "function_words",
    "greatest",
    "mann_kendall",
    "middle",
    "ranked",
    "robust_slope",
    "slopes_to",
    "smallest",
    "tied",
    "trend",
    "unsigned",
]
