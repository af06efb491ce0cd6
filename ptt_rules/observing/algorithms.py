"""Algorithms by name: which there are, and what their rules are where none ship."""

from __future__ import annotations

from collections.abc import Iterable

from ptt_rules.language.metrics import CLASSES, PLAIN
from ptt_rules.language.stacks import Guess, algorithm_by_keys

ALGORITHMS = tuple(name for name in CLASSES if name not in PLAIN)
"""Those of TRL."""

UNKNOWN = "unknown"
FALLBACK_PACK = "common"
BEHAVIOUR_PACK = "behaviour"
"""Rules on what snapshots measure."""
RANKS_PACK = "distributed"
"""Rules on what is measured of several processes."""
FIRST_ROWS = 3
"""Rows whose keys show what is trained, where nothing else says it."""


def is_plain(algorithm: str) -> bool:
    """Whether what trains is not of TRL."""
    return algorithm in PLAIN


def is_open(algorithm: str) -> bool:
    """Whether neither trainer nor arguments say what is trained, so that its logs may."""
    return algorithm == UNKNOWN or is_plain(algorithm)


def logged_algorithm(keys: Iterable[object]) -> Guess | None:
    """What is trained, by the keys of a log event; None where they could be any trainer's.

    Keys that are no texts say nothing of it, and may not even have a text.
    """
    return algorithm_by_keys(key for key in keys if isinstance(key, str))
