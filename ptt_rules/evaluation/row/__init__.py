"""What computes the operations of a program: row by row, or whole columns in Polars.

A third one, `reference`, computes them by definition, for the tests of the other two.

How live can equal offline to the last bit
------------------------------------------
A sum of floats depends on the order of its additions. A loop that adds the newest value and
takes the oldest away, a kernel that adds eight lanes at a time and a prefix sum all give
different last digits, and a rule that compares with a threshold turns a last digit into a
stopped run. So the order is fixed here, once, and both backends keep to it.

Every aggregate that merges (count, sum, mean, std, min, max, any, ...) is folded from *dyadic
blocks*. Block (k, e) covers the 2^k observations that end with observation e:

    block(0, e) = leaf(x[e])
    block(k, e) = merge(block(k-1, e - 2^(k-1)), block(k-1, e))

and a window of L observations that begins with observation s is the fold, from left to right,
of the blocks that the binary digits of L name, the largest first:

    L = 50 = 32 + 16 + 2:   merge(merge(block(5, s+31), block(4, s+47)), block(1, s+49))

A block depends on nothing but the observations it covers, and a fold on nothing but those of
its window. Hence: live, offline, any chunking and any resume perform the same IEEE operations
in the same order; a value that left the window leaves no trace; nothing drifts however long
the run is; and the error grows with log2(L) (pairwise summation), not with L.

Row by row, a block costs one merge for each level and observation, and a window one merge for
each binary digit. `[all]` and `[first n]` begin with observation 0, where the blocks of the
fold are the digits of a binary counter: they need a stack of log2(n) blocks and no history.
Whole columns, a level of blocks is one expression over a column and its shift.

Medians are of the same sorted values in both. Elementwise operations are single IEEE
operations in both.
"""

from ptt_rules.evaluation.row.expressions import ONE_NUMBER, compute
from ptt_rules.evaluation.row.generated import function_of
from ptt_rules.evaluation.row.history import NEVER, BoolHistory, History, Needs
from ptt_rules.evaluation.row.instances import BASE, Own, Template
from ptt_rules.evaluation.row.live import LiveProgram
from ptt_rules.evaluation.row.streams import (
    Now,
    Stream,
    is_carried,
    max_steps,
    named_arguments,
    stream_of,
    training_argument,
)
from ptt_rules.evaluation.row.views import ComputeWindow, need_window, window_function

__all__ = [
    "BASE",
    "NEVER",
    "ONE_NUMBER",
    "BoolHistory",
    "ComputeWindow",
    "History",
    "LiveProgram",
    "Needs",
    "Now",
    "Own",
    "Stream",
    "Template",
    "compute",
    "function_of",
    "is_carried",
    "max_steps",
    "named_arguments",
    "need_window",
    "stream_of",
    "training_argument",
    "window_function",
]
