"""What the ranks of a run say to each other."""

from ptt_runtime.distributed.ranks import Ranks

__all__ = ["Ranks"]
