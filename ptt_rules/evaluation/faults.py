"""Faults of single operations: what failed is unknown and told, everything else goes on."""

from __future__ import annotations

Faults = dict[int, str]
"""What went wrong, by the number of the operation that it happened to."""


def fault_of(error: Exception) -> str:
    """An error in one line."""
    reason = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {reason}" if reason else type(error).__name__
