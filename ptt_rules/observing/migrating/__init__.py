"""What scripts for post-training-toolkit write, as ptt means it."""

from ptt_rules.observing.migrating.own_guard import OWN_GUARD, own_guard, stops_of

__all__ = ["OWN_GUARD", "own_guard", "stops_of"]
