"""Log events from single numbers: trackers that store one number of one key at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_SUMMARY = ("train_runtime", "train_loss", "train_samples_per_", "train_steps_per_")
_KINDS = ("eval_", "test_", "validation/", "eval/", "train/")
OF_ANY_KIND = ("epoch", "total_flos")
"""Keys of events of every kind."""

Scalar = tuple[float, int, str, float]
"""Time in seconds, step, key, value."""


def log_events(scalars: Iterable[Scalar], began: float) -> list[dict[str, Any]]:
    """Log dicts of scalars in the order of their times.

    The scalars of one log event are written one after the other, so that an event is a run of
    scalars that share their step and their kind: training, evaluation, or the summary of a run.
    """
    rows: list[dict[str, Any]] = []
    newest: tuple[int, str] | None = None
    for time, step, key, value in scalars:
        kind = newest[1] if newest and key in OF_ANY_KIND else _kind(key)
        if (step, kind) != newest or key in rows[-1]:
            rows.append({"step": step, "time": max(0.0, time - began)})
            newest = (step, kind)
        rows[-1][key] = value
    return rows


def _kind(key: str) -> str:
    if key.startswith(_SUMMARY):
        return "train_"
    return next((kind for kind in _KINDS if key.startswith(kind)), "")
