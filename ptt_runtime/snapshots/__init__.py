"""Behaviour of a model while it is trained: completions of fixed prompts, and what changed."""

from ptt_runtime.snapshots.options import Snapshots, snapshots_of
from ptt_runtime.snapshots.own_prompts import OWN_PROMPTS
from ptt_runtime.snapshots.part import SnapshotTaker

__all__ = ["OWN_PROMPTS", "SnapshotTaker", "Snapshots", "snapshots_of"]
