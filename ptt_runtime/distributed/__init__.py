"""What the ranks of a run say to each other, and what each of them finds in its own tensors."""

from ptt_runtime.distributed.finite import are_finite, local_part, weights_are_finite
from ptt_runtime.distributed.ranks import Ranks

__all__ = ["Ranks", "are_finite", "local_part", "weights_are_finite"]
