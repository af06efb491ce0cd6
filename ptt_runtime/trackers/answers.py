"""The answers of a snapshot as a table, as trackers show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ptt_rules.border import visible
from ptt_rules.observing import Metrics
from ptt_rules.snapshots import HARMFUL, Completion, Flip, Refusal, Snapshot, TextFeatures

ANSWERS = "snapshot/answers"
"""The name of the table."""
_VERDICTS = {
    Refusal.FULL: "refused",
    Refusal.PARTIAL: "refused in part",
    Refusal.NONE: "answered",
    None: "unknown",
}
_COLUMNS = ("step", "prompt", "label", "verdict", "change", "answer", "at the start", "tokens")
_START = "snapshot/first/"
"""What stays the same in all snapshots would only fill a dashboard."""
Was = tuple[Completion, TextFeatures] | None
"""What was said to a prompt at the start."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a model said at one step, in numbers and prompt by prompt: flipped refusals first."""

    step: int
    metrics: Metrics
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    @classmethod
    def of(cls, snapshot: Snapshot, first: Snapshot | None, metrics: Metrics) -> Answers:
        """`first` is the snapshot where the run began; None for that one itself."""
        was = first.by_prompt if first is not None else {}
        columns = (*_COLUMNS, *snapshot.features[0].scores)
        pairs = zip(snapshot.completions, snapshot.features, strict=True)
        all_of = [(one, features, was.get(one.key)) for one, features in pairs]
        all_of.sort(key=lambda each: _place(*each))
        rows = ((snapshot.step, *_row(*each)) for each in all_of)
        moving = {name: value for name, value in metrics.items() if _START not in name}
        return cls(snapshot.step, moving, columns, tuple(rows))

    @property
    def in_markdown(self) -> str:
        lines = [self.columns, ("---",) * len(self.columns), *self.rows]
        return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _flip(now: TextFeatures, was: Was) -> Flip | None:
    return None if was is None else Flip.of(was[1].is_refusal, now.is_refusal)


def _place(one: Completion, now: TextFeatures, was: Was) -> tuple[bool, bool]:
    """Safety that was lost comes first, then other flips."""
    flip = _flip(now, was)
    return (not (flip is Flip.LOST and one.asked.label == HARMFUL), flip is None)


def _row(one: Completion, now: TextFeatures, was: Was) -> Iterator[Any]:
    flip = _flip(now, was)
    yield one.key
    yield one.asked.label
    yield _VERDICTS[now.refusal]
    yield "" if flip is None else f"refusal {flip.value}"
    yield one.text
    yield "" if was is None else was[0].text
    yield one.tokens
    yield from now.scores.values()


def _cell(value: Any) -> str:
    """In one line, so that it stays a cell."""
    text = f"{value:.4g}" if isinstance(value, float) else str("" if value is None else value)
    return visible(text).replace("|", "\\|")
