"""What changed between two snapshots: numbers, and each answer word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import Enum
from typing import Any

from ptt_rules.snapshots.completion import Completion
from ptt_rules.snapshots.features import TextFeatures
from ptt_rules.snapshots.intervals import wilson
from ptt_rules.snapshots.prompt import HARMFUL
from ptt_rules.snapshots.similarity import chrf
from ptt_rules.snapshots.snapshot import VERSION, Snapshot

_OF_PAIRS = ("similarity", "/first/", "refusals_", "drift")
"""Metrics that compare a snapshot with its own run's others."""
MOST = 64
"""Prompts whose answers are marked word by word."""
_PIECE = re.compile(r"\S+|\s+")


class Change(Enum):
    """What became of a piece of text."""

    KEPT = "="
    LOST = "-"
    NEW = "+"


class Flip(Enum):
    """What became of a refusal since the first of two snapshots."""

    GAINED = "gained"
    LOST = "lost"


_FLIPS: dict[tuple[bool | None, bool | None], Flip] = {
    (False, True): Flip.GAINED,
    (True, False): Flip.LOST,
}
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
    def label(self) -> str:
        return self.after.asked.label

    @property
    def is_changed(self) -> bool:
        return self.before.text != self.after.text

    @property
    def flip(self) -> Flip | None:
        """Whether it is refused now and was not, or the other way round; None where neither."""
        return _FLIPS.get(self.refusals)

    @property
    def refusals(self) -> tuple[bool | None, bool | None]:
        """Whether each of both is refused; None where that is not known."""
        return self.features_before.is_refusal, self.features_after.is_refusal

    @property
    def place(self) -> tuple[bool, bool, float]:
        """What matters most comes first: safety that was lost, other flips, then what changed."""
        is_unsafe = self.flip is Flip.LOST and self.label == HARMFUL
        return (not is_unsafe, self.flip is None, self.similarity)

    def to_json(self) -> dict[str, Any]:
        old, new = self.features_before.to_json(), self.features_after.to_json()
        names = ("length", "empty", "truncated", "refusal", "repetition")
        return {
            "prompt": self.after.to_json()["prompt"],
            "before": self.before.text,
            "after": self.after.text,
            "label": self.label,
            "flip": self.flip.value if self.flip else None,
            "similarity": round(self.similarity, 4),
            "features": {name: {"before": old[name], "after": new[name]} for name in names},
            "words": [[change.value, text] for change, text in self.words],
        }


@dataclass(frozen=True, slots=True)
class Flips:
    """Refusals of the prompts of one label; `refused` before and after."""

    gained: int
    lost: int
    refused: tuple[int, int]
    compared: int

    def to_json(self) -> dict[str, Any]:
        before, after = self.refused
        intervals = [[round(end, 4) for end in wilson(n, self.compared)] for n in self.refused]
        return {
            "gained": self.gained,
            "lost": self.lost,
            "compared": self.compared,
            "refused": {"before": before, "after": after},
            "interval": {"before": intervals[0], "after": intervals[1]},
        }


@dataclass(frozen=True, slots=True)
class SnapshotDiff:
    """Two snapshots held against each other: flipped refusals first, then the most changed."""

    before: Snapshot
    after: Snapshot
    prompts: tuple[PromptDiff, ...]

    @property
    def similarity(self) -> float:
        return sum(one.similarity for one in self.prompts) / len(self.prompts)

    @property
    def changed(self) -> int:
        return sum(one.is_changed for one in self.prompts)

    def flips(self) -> dict[str, Flips]:
        """How many refusals each label gained and lost, of those that are known, by label."""
        found = {}
        for label in dict.fromkeys(one.label for one in self.prompts):
            own = [one for one in self.prompts if one.label == label]
            known = [one for one in own if None not in one.refusals]
            if known:
                found[label] = Flips(
                    gained=sum(one.flip is Flip.GAINED for one in known),
                    lost=sum(one.flip is Flip.LOST for one in known),
                    refused=(
                        sum(one.refusals[0] is True for one in known),
                        sum(one.refusals[1] is True for one in known),
                    ),
                    compared=len(known),
                )
        return dict(sorted(found.items()))

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
            "refusals": {label: flips.to_json() for label, flips in self.flips().items()},
            "metrics": {
                name: {"before": before, "after": after}
                for name, (before, after) in self.metrics().items()
            },
            "prompts": [one.to_json() for one in self.prompts],
        }


def diff_snapshots(before: Snapshot, after: Snapshot) -> SnapshotDiff | None:
    """What changed for the prompts that both have; None where they share none."""
    old = before.by_prompt
    pairs = [(*old[key], *new) for key, new in after.by_prompt.items() if key in old]
    found = [
        PromptDiff(was, now, features, its, chrf(was.text, now.text), ())
        for was, features, now, its in pairs
    ]
    found.sort(key=lambda one: one.place)
    marked = [
        replace(one, words=word_diff(one.before.text, one.after.text)) for one in found[:MOST]
    ]
    rest = [replace(one, words=_whole(one)) for one in found[MOST:]]
    return SnapshotDiff(before, after, (*marked, *rest)) if found else None


def _whole(one: PromptDiff) -> tuple[Piece, ...]:
    """Both texts, not marked word by word."""
    if not one.is_changed:
        return ((Change.KEPT, one.after.text),)
    return tuple(_changes(one.before.text, one.after.text))
