"""Judging runs: live, row by row (`row`), and whole logs at once, as columns (`polars`).

`tests/reference` computes the same by definition. `replay` is not imported here, since it loads
Polars, which judging live does not need.

How live can equal offline to the last bit
------------------------------------------
A sum of floats depends on the order of its additions. A loop that adds the newest value and
takes the oldest away, a kernel that adds eight lanes at a time and a prefix sum all give
different last digits, and a rule that compares with a threshold turns a last digit into a
stopped run. So the order is fixed here, once, and both ways keep to it.

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

from typing import TYPE_CHECKING

from ptt_rules._later import later
from ptt_rules.evaluation.compiled import CompiledDetector, CompiledPack, compile_pack, shown
from ptt_rules.evaluation.engine import Engine
from ptt_rules.evaluation.events import Action, Event, EventKind, json_number
from ptt_rules.evaluation.given import why_unknown
from ptt_rules.evaluation.incidents import QUIET_ROWS, Finding, Incident, incidents
from ptt_rules.evaluation.judge import Judge, Status
from ptt_rules.evaluation.lacks import Reason
from ptt_rules.evaluation.least import least_logs
from ptt_rules.evaluation.own import OWN_DETECTOR, with_own_texts
from ptt_rules.evaluation.reports import MOST_REPORTS, REPORT_ROWS, Report, Reports
from ptt_rules.evaluation.row import MOST_INSTANCES, Crowded
from ptt_rules.evaluation.texts import with_values
from ptt_rules.evaluation.unjudged import Reach, Unjudged, lacking

if TYPE_CHECKING:
    from ptt_rules.evaluation.replay import (
        FrameReplay,
        Gap,
        LogReplay,
        judged_in_columns,
        left_out,
    )
    from ptt_rules.evaluation.values import (
        PlainExpressions,
        asked_columns,
        named_columns,
        plain_expressions,
    )

__all__ = [
    "MOST_INSTANCES",
    "MOST_REPORTS",
    "OWN_DETECTOR",
    "QUIET_ROWS",
    "REPORT_ROWS",
    "Action",
    "CompiledDetector",
    "CompiledPack",
    "Crowded",
    "Engine",
    "Event",
    "EventKind",
    "Finding",
    "FrameReplay",
    "Gap",
    "Incident",
    "Judge",
    "LogReplay",
    "PlainExpressions",
    "Reach",
    "Reason",
    "Report",
    "Reports",
    "Status",
    "Unjudged",
    "asked_columns",
    "compile_pack",
    "incidents",
    "json_number",
    "judged_in_columns",
    "lacking",
    "least_logs",
    "left_out",
    "named_columns",
    "plain_expressions",
    "shown",
    "why_unknown",
    "with_own_texts",
    "with_values",
]

__getattr__ = later(
    __name__,
    {
        "ptt_rules.evaluation.replay": "FrameReplay Gap LogReplay judged_in_columns left_out",
        "ptt_rules.evaluation.values": (
            "PlainExpressions asked_columns named_columns plain_expressions"
        ),
    },
)
