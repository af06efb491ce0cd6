"""What changed between two snapshots: numbers, and each answer word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import Enum
from typing import Any

from ptt_rules.border import agreeing, plural
from ptt_rules.snapshots.completion import Completion
from ptt_rules.snapshots.features import TextFeatures, compared_every
from ptt_rules.snapshots.intervals import wilson
from ptt_rules.snapshots.prompt import HARMFUL
from ptt_rules.snapshots.similarity import chrf, shared_words
from ptt_rules.snapshots.snapshot import VERSION, Snapshot

_OF_PAIRS = ("similarity", "/first/", "refusals_", "drift")
"""Metrics that compare a snapshot with its own run's others."""
MOST = 64
"""Prompts whose answers are marked word by word."""
_SAYS_NOTHING = "batch_size"
"""A setting that changes no answer."""
_FOLLOWS = "generation_config"
"""A setting that follows from the others, and from the model."""
_LEAST_KEPT = 0.15
"""Share of the longer text that has to be kept for single words to be marked."""
_PIECE = re.compile(r"(\s*)(\S+|\Z)")
"""White space and the word after it; at the end of a text, no word."""


class Change(Enum):
    """What became of a piece of text."""

    KEPT = "="
    LOST = "-"
    NEW = "+"


class Flip(Enum):
    """What became of a refusal since the first of two snapshots."""

    GAINED = "gained"
    LOST = "lost"

    @classmethod
    def of(cls, before: bool | None, after: bool | None) -> Flip | None:
        """Of whether it was refused and is now, or None where that is not known."""
        flips = {(False, True): cls.GAINED, (True, False): cls.LOST}
        return flips.get((before is True, after is True)) if None not in (before, after) else None


Piece = tuple[Change, str]


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """How one text becomes another one, as runs of words kept, lost and new.

    KEPT and LOST together are the first text, KEPT and NEW the second one.

    Cost:   at worst, where few words are different, the product of their numbers
    Source: Ratcliff and Obershelp, as Python's `difflib` does it, on words: white space, of which
            texts have little else in common, would take most of the time
    """
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    left, right = ([word for _, word in pieces] for pieces in (old, new))
    found = _Runs()
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            for (was, word), (now, _) in zip(old[a:b], new[c:d], strict=True):
                if was != now:
                    found.change(was, now)
                found.keep(word if was != now else was + word)
        else:
            found.change("".join(map("".join, old[a:b])), "".join(map("".join, new[c:d])))
    return found.end()


class _Runs:
    """Pieces put together into the longest runs of each kind."""

    def __init__(self) -> None:
        self._found: list[Piece] = []
        self._kept = self._lost = self._new = ""

    def change(self, lost: str, new: str) -> None:
        """White space that both begin with is kept, unless what is before it changed, too."""
        space = _space(lost)
        if not (self._lost or self._new) and space == _space(new):
            self._kept += space
            lost, new = lost[len(space) :], new[len(space) :]
        self._lost, self._new = self._lost + lost, self._new + new

    def keep(self, word: str) -> None:
        if word:
            if self._lost or self._new:
                self._flush()
            self._kept += word

    def end(self) -> tuple[Piece, ...]:
        self._flush()
        return tuple(self._found)

    def _flush(self) -> None:
        if self._kept:
            self._found.append((Change.KEPT, self._kept))
        self._found += _changes(self._lost, self._new)
        self._kept = self._lost = self._new = ""


def _space(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


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
    similarity: float | None
    """chrF; None beyond the 64 answers of a snapshot that are compared."""
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
        return Flip.of(*self.refusals)

    @property
    def refusals(self) -> tuple[bool | None, bool | None]:
        """Whether each of both is refused; None where that is not known."""
        return self.features_before.is_refusal, self.features_after.is_refusal

    @property
    def place(self) -> tuple[bool, bool, float]:
        """What matters most comes first: safety that was lost, other flips, then what changed."""
        is_unsafe = self.flip is Flip.LOST and self.label == HARMFUL
        shared = shared_words(self.before.text, self.after.text)
        return (not is_unsafe, self.flip is None, shared)

    def to_json(self) -> dict[str, Any]:
        old, new = self.features_before.to_json(), self.features_after.to_json()
        names = ("length", "empty", "truncated", "refusal", "repetition")
        return {
            "prompt": self.after.to_json()["prompt"],
            "before": self.before.text,
            "after": self.after.text,
            "label": self.label,
            "flip": self.flip.value if self.flip else None,
            "similarity": None if self.similarity is None else round(self.similarity, 4),
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
    runs: tuple[str, str] | None = None
    """What the runs are called, where they are two."""

    @property
    def titles(self) -> tuple[str, str]:
        """What stands over each of both."""
        steps = f"step {self.before.step}", f"step {self.after.step}"
        if self.runs is None:
            return steps
        return f"{self.runs[0]} {steps[0]}", f"{self.runs[1]} {steps[1]}"

    def unlike(self) -> list[str]:
        """How both differ in what was asked and how, which makes them less comparable."""
        found = []
        counts = len(self.before.completions), len(self.after.completions)
        if counts != (len(self.prompts), len(self.prompts)):
            asked = f"{counts[0]} and {counts[1]} were asked"
            are = agreeing(len(self.prompts), "is", "are")
            found.append(f"{plural(len(self.prompts), 'prompt')} {are} in both; {asked}")
        old, new = self.before.settings, self.after.settings
        for name in sorted({*old, *new} - {_SAYS_NOTHING, _FOLLOWS}):
            if old.get(name) != new.get(name):
                values = f"{_shown(old.get(name))} and {_shown(new.get(name))}"
                found.append(f"the setting {name} is not the same: {values}")
        return found

    @property
    def similarity(self) -> float:
        """The mean of what was compared."""
        known = [one.similarity for one in self.prompts if one.similarity is not None]
        return sum(known) / len(known)

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
            "runs": None if self.runs is None else [*self.runs],
            "unlike": self.unlike(),
            "similarity": round(self.similarity, 4),
            "changed": self.changed,
            "refusals": {label: flips.to_json() for label, flips in self.flips().items()},
            "metrics": {
                name: {"before": before, "after": after}
                for name, (before, after) in self.metrics().items()
            },
            "prompts": [one.to_json() for one in self.prompts],
        }


def _shown(value: Any) -> str:
    return "none" if value is None else str(value)


def diff_snapshots(
    before: Snapshot, after: Snapshot, runs: tuple[str, str] | None = None
) -> SnapshotDiff | None:
    """What changed for the prompts that both have; None where they share none.

    `runs` are the names of two runs, where each snapshot is of another one.
    """
    old = before.by_prompt
    pairs = [(*old[key], *new) for key, new in after.by_prompt.items() if key in old]
    step = compared_every(len(pairs))
    found = [
        PromptDiff(
            was,
            now,
            features,
            its,
            chrf(now.text, was.text) if place % step == 0 else None,
            (),
        )
        for place, (was, features, now, its) in enumerate(pairs)
    ]
    found.sort(key=lambda one: one.place)
    marked = [replace(one, words=_marked(one)) for one in found[:MOST]]
    rest = [replace(one, words=_whole(one)) for one in found[MOST:]]
    return SnapshotDiff(before, after, (*marked, *rest), runs) if found else None


def _marked(one: PromptDiff) -> tuple[Piece, ...]:
    """Word by word, unless only stray words are the same: nobody can read that."""
    pieces = word_diff(one.before.text, one.after.text)
    kept = sum(len(text) for change, text in pieces if change is Change.KEPT)
    most = max(len(one.before.text), len(one.after.text))
    return pieces if kept >= _LEAST_KEPT * most else _whole(one)


def _whole(one: PromptDiff) -> tuple[Piece, ...]:
    """Both texts, not marked word by word."""
    if not one.is_changed:
        return ((Change.KEPT, one.after.text),)
    return tuple(_changes(one.before.text, one.after.text))
