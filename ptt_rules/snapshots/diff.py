"""What changed between two snapshots: numbers, and each answer word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from typing import Any

from ptt_rules.snapshots.completion import Completion
from ptt_rules.snapshots.features import TextFeatures
from ptt_rules.snapshots.similarity import chrf
from ptt_rules.snapshots.snapshot import VERSION, Snapshot

_OF_PAIRS = ("similarity", "/first/", "refusals_", "drift")
"""Metrics that compare a snapshot with its own run's others."""
_PIECE = re.compile(r"\S+|\s+")


class Change(Enum):
    """What became of a piece of text."""

    KEPT = "="
    LOST = "-"
    NEW = "+"


Piece = tuple[Change, str]


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """How one text becomes another one, as runs of words kept, lost and new.

    KEPT and LOST together are the first text, KEPT and NEW the second one.

    Cost:   at worst the product of their numbers of words
    Source: Ratcliff and Obershelp, as Python's `difflib` does it
    """
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    found: list[Piece] = []
    lost = added = ""
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        text = "".join(old[a:b])
        # white space alone between two changes would cut them into single words
        is_between = not text.strip() and (lost or added) and b < len(old)
        if tag != "equal" or is_between:
            lost, added = lost + text, added + "".join(new[c:d])
            continue
        found += [*_changes(lost, added), (Change.KEPT, text)]
        lost = added = ""
    return (*found, *_changes(lost, added))


def _changes(lost: str, added: str) -> Iterator[Piece]:
    if lost:
        yield Change.LOST, lost
    if added:
        yield Change.NEW, added


@dataclass(frozen=True, slots=True)
class PromptDiff:
    """One prompt's completion in both snapshots."""

    before: Completion
    after: Completion
    features_before: TextFeatures
    features_after: TextFeatures
    similarity: float
    words: tuple[Piece, ...]

    @property
    def prompt(self) -> str:
        return self.after.key

    @property
    def is_changed(self) -> bool:
        return self.before.text != self.after.text

    def to_json(self) -> dict[str, Any]:
        old, new = self.features_before.to_json(), self.features_after.to_json()
        names = ("length", "empty", "truncated", "refusal", "repetition")
        return {
            "prompt": self.after.to_json()["prompt"],
            "before": self.before.text,
            "after": self.after.text,
            "similarity": round(self.similarity, 4),
            "features": {name: {"before": old[name], "after": new[name]} for name in names},
            "words": [[change.value, text] for change, text in self.words],
        }


@dataclass(frozen=True, slots=True)
class SnapshotDiff:
    """Two snapshots held against each other, the most changed prompts first."""

    before: Snapshot
    after: Snapshot
    prompts: tuple[PromptDiff, ...]

    @property
    def similarity(self) -> float:
        return sum(one.similarity for one in self.prompts) / len(self.prompts)

    @property
    def changed(self) -> int:
        return sum(one.is_changed for one in self.prompts)

    def metrics(self) -> dict[str, tuple[float | None, float | None]]:
        """Each metric of a snapshot that stands by itself, before and after."""
        old, new = self.before.metrics, self.after.metrics
        names = [name for name in {**old, **new} if not any(map(name.__contains__, _OF_PAIRS))]
        return {name: (old.get(name), new.get(name)) for name in names}

    def to_json(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "before": self.before.step,
            "after": self.after.step,
            "similarity": round(self.similarity, 4),
            "changed": self.changed,
            "metrics": {
                name: {"before": before, "after": after}
                for name, (before, after) in self.metrics().items()
            },
            "prompts": [one.to_json() for one in self.prompts],
        }


def diff_snapshots(before: Snapshot, after: Snapshot) -> SnapshotDiff | None:
    """What changed for the prompts that both have; None where they share none."""
    old = before.by_prompt
    pairs = [_pair(*old[key], *new) for key, new in after.by_prompt.items() if key in old]
    ordered = sorted(pairs, key=lambda pair: pair.similarity)
    return SnapshotDiff(before, after, tuple(ordered)) if ordered else None


def _pair(
    before: Completion, old: TextFeatures, after: Completion, new: TextFeatures
) -> PromptDiff:
    alike = chrf(before.text, after.text)
    return PromptDiff(before, after, old, new, alike, word_diff(before.text, after.text))
