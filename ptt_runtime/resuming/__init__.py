"""With which run a trainer goes on: what its state and its checkpoints say of it."""

from ptt_runtime.resuming.marks import leave_mark, marks_of
from ptt_runtime.resuming.origin import origin_of
from ptt_runtime.resuming.without_effect import in_their_place, of_an_optimizer, without_effect

__all__ = [
    "in_their_place",
    "leave_mark",
    "marks_of",
    "of_an_optimizer",
    "origin_of",
    "without_effect",
]
