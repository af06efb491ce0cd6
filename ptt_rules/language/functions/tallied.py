"""Statistics of how many observations are true, and of the newest and the oldest one."""

from __future__ import annotations

from ptt_rules.language.functions import ranges
from ptt_rules.language.functions.folded import decayed_mean
from ptt_rules.language.functions.statistic import NUMBER, TRUTH, Ends, Reach, Statistic, Tally
from ptt_rules.language.types import Unit

COUNT = Statistic(
    "count",
    "how many observations, or how many true ones",
    "the number of values of {x} in {w}",
    Tally(lambda true_ones, size: true_ones),
    takes=NUMBER | TRUTH,
    reach=Reach.ANY,
    unit=Unit.COUNT,
    range=ranges.count,
    is_always_known=True,
    phrase_of_truths="the number of logs in which {bare}, among {w}",
)

TALLIED = (
    COUNT,
    Statistic(
        "last",
        "newest",
        "the newest {x} of {w}",
        Ends(lambda newest, oldest: newest),
    ),
    Statistic(
        "delta",
        "newest minus oldest",
        "the change of {x} over {w}",
        Ends(lambda newest, oldest: newest - oldest),
        range=ranges.change,
        of_one=0,
    ),
    Statistic(
        "any",
        "whether one is true",
        "{x} in any of {w}",
        Tally(lambda true_ones, size: true_ones > 0),
        takes=TRUTH,
        decided_by=True,
        phrase_of_none="{x} in none of {w}",
    ),
    Statistic(
        "all",
        "whether all are true",
        "{x} in each of {w}",
        Tally(lambda true_ones, size: true_ones == size),
        takes=TRUTH,
        decided_by=False,
    ),
    Statistic(
        "share",
        "share of the true ones",
        "the share of {w} in which {x}",
        Tally(lambda true_ones, size: true_ones / size),
        takes=TRUTH,
        reach=Reach.ANY,
        unit=Unit.RATIO,
        decayed=decayed_mean,
    ),
)
