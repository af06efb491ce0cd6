"""What is measured on each rank of a run, and gathered into rows of the frame."""

from ptt_runtime.rank_metrics.part import EVERY_STEPS, RankMetrics

__all__ = ["EVERY_STEPS", "RankMetrics"]
