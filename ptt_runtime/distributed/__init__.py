"""What the ranks of a run say to each other, and what is measured on each of them."""

from ptt_runtime.distributed.finite import are_finite, local_part, weights_are_finite
from ptt_runtime.distributed.metrics import EVERY_STEPS, RankMetrics
from ptt_runtime.distributed.ranks import Ranks, RanksApart

__all__ = [
    "EVERY_STEPS",
    "RankMetrics",
    "Ranks",
    "RanksApart",
    "are_finite",
    "local_part",
    "weights_are_finite",
]
