"""Which rows of a log have a metric: those of evaluations, or those of training."""

from __future__ import annotations

from ptt_rules.language.metrics import EVAL


def is_of_evaluations(keys: tuple[str, ...]) -> bool:
    """Whether all keys of a metric are logged by evaluations."""
    return all(key.startswith(EVAL) for key in keys)
