"""Metrics that the callback measures on each rank of a run of several processes.

One row every few steps; each quantity is a mean over the steps since the row before, unless said.
`ranks/<quantity>/<rank>` is that of one rank; `across_ranks/<quantity>/<statistic>` is over all of
them: `max`, `median` (the lower one of two), `spread` (max minus min) and `worst_rank`, the number
of the rank with the greatest value, or with the least where little is bad.

Source: `ptt_runtime.rank_metrics`
"""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.language.metrics.key import LoggedKey
from ptt_rules.language.metrics.training import EVERY
from ptt_rules.language.types import Unit

MANY = "several processes"

_QUANTITIES = (
    ("step_time", Unit.SECONDS, "of a step with the loading of its batch; without logging, "
     "evaluating and saving"),
    ("data_time", Unit.SECONDS, "from the end of a step until the next batch is there"),
    ("forward_time", Unit.SECONDS, "in calls of the model, those that sample included"),
    ("backward_time", Unit.SECONDS, "of the backward pass, until the last gradient of this rank "
     "is there"),
    ("compute_time", Unit.SECONDS, "in forward and backward passes, without waiting for other "
     "ranks"),
    ("wait_time", Unit.SECONDS, "from the last gradient of this rank until those of all ranks are "
     "reduced and clipped"),
    ("other_time", Unit.SECONDS, "in the rest of the step before the update: losses, rewards, "
     "and waiting for the others where these are gathered"),
    ("tokens_per_second", Unit.RATE, "trained on by this rank, padding included"),
    ("memory", Unit.BYTES, "allocated on the device at the end of the step; resident memory of the "
     "process on the CPU"),
    ("memory_reserved", Unit.BYTES, "held by the allocator of the device at the end of the step"),
    ("memory_peak", Unit.BYTES, "allocated at most since the process began"),
    ("memory_free", Unit.BYTES, "that can still be allocated; on the CPU that of the machine or "
     "its control group"),
    ("loss", Unit.LOSS, "of the newest batch of this rank, before any averaging, where the model "
     "computes it"),
    ("grad_norm", Unit.NORM, "of the newest reduced and clipped gradient, where a rank holds all "
     "of it"),
)  # fmt: skip
_SINCE = "the steps since the row before"
_NEWEST = "the newest step"
_WORDS = {Unit.SECONDS: "Seconds", Unit.RATE: "Tokens a second", Unit.BYTES: "Bytes"}
_NAMES = {Unit.LOSS: "Loss", Unit.NORM: "Norm"}
_STATISTICS = {
    "max": "Greatest over all ranks",
    "median": "Median over all ranks, the lower one of two",
    "spread": "Greatest minus least over all ranks",
}


def _rows() -> Iterator[LoggedKey]:
    for name, unit, about in _QUANTITIES:
        what = f"{_WORDS.get(unit) or _NAMES[unit]} {about}"
        low = None if unit is Unit.LOSS else 0
        over = _NEWEST if "newest" in about or "memory" in name else _SINCE
        key = f"ranks/{name}/{{rank}}"
        yield LoggedKey(key, unit, f"{what}.", EVERY, low=low, when=MANY, over=over)
        of = what[0].lower() + what[1:]
        for statistic, lead in _STATISTICS.items():
            key, least = f"across_ranks/{name}/{statistic}", 0 if statistic == "spread" else low
            yield LoggedKey(key, unit, f"{lead}: {of}.", EVERY, low=least, when=MANY, over=over)
        yield LoggedKey(
            f"across_ranks/{name}/worst_rank",
            Unit.NONE,
            f"Number of the worst rank: {of}.",
            EVERY,
            low=0,
            is_noisy=False,
            when=MANY,
            over=over,
        )


ROWS = (
    *_rows(),
    LoggedKey(
        "across_ranks/reporting",
        Unit.COUNT,
        "Ranks that measured anything.",
        EVERY,
        low=0,
        is_noisy=False,
        when=MANY,
        over=_NEWEST,
    ),
)
