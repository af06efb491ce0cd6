"""Judging by definition: slow, obvious, and apart from what it judges.

The evaluator goes for speed: the engine keeps blocks between rows, the columns work out whole
logs. Here nothing is kept. For each row all rows so far are read, the observations of the series
are listed, the window is cut out of the list, and the statistic is worked out of what is left;
the life of a detector, what is reported and what policies do look back over all judgements.
Whoever reads `windows` and `statistics` beside the language reference can see that they say the
same; the tests see that live and offline give the same, to the last bit.

Shared with the evaluator are only the reading of rows, the formulas that join two blocks
(`merges`), since the order of the additions is a part of what a mean is here, and the shapes of
`Event` and `Action`. The folding itself is written anew, as a recursion.
"""

from tests.reference.log import Log, log_of
from tests.reference.values import Reader, Value

__all__ = ["Log", "Reader", "Value", "log_of"]
