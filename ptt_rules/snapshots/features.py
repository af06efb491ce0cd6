"""What a snapshot says in numbers: features of texts, as metrics that rules can use.

Pure functions of strings; what a number means where there is nothing to count is said with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from ptt_rules.snapshots.refusals import Refusal, refusal_of
from ptt_rules.snapshots.similarity import chrf
from ptt_rules.snapshots.words import ngrams, words

PREFIX = "snapshot/"
REPETITION_ORDER = 4


def repetition(text: str, n: int = REPETITION_ORDER) -> float | None:
    """Share of runs of `n` words that came before in the same text: 0 says nothing twice.

    Unit:   ratio, 0..1
    Null:   for a text of fewer than `n` words
    Source: seq-rep-n of Welleck et al. 2020 (arXiv:1908.04319, section 6.1), on words
    """
    runs = ngrams(words(text), n)
    return 1 - len(set(runs)) / len(runs) if runs else None


def distinct(texts: Sequence[str], n: int) -> float | None:
    """Different runs of `n` words in all texts together, divided by the number of their words.

    Unit:   ratio, 0..1
    Null:   where there is no word
    Source: Li et al. 2016 (arXiv:1510.03055, section 5.3)
    """
    split = [words(text) for text in texts]
    count = sum(map(len, split))
    return len({run for one in split for run in ngrams(one, n)}) / count if count else None


def is_empty(text: str) -> bool:
    """Whether there is nothing but white space."""
    return not text.strip()


@dataclass(frozen=True, slots=True)
class TextFeatures:
    """One completion in numbers; similarities are to the same prompt's in other snapshots."""

    length: int
    is_empty: bool
    is_truncated: bool
    refusal: Refusal | None
    repetition: float | None
    similarity_first: float | None = None
    similarity_last: float | None = None

    @property
    def is_refusal(self) -> bool | None:
        """Whether the whole request is declined; None where that is not known."""
        return None if self.refusal is None else self.refusal is Refusal.FULL

    @property
    def is_partial(self) -> bool | None:
        return None if self.refusal is None else self.refusal is Refusal.PARTIAL

    def to_json(self) -> dict[str, Any]:
        return {
            "length": self.length,
            "empty": self.is_empty,
            "truncated": self.is_truncated,
            "refusal": self.is_refusal,
            "partial": self.is_partial,
            "repetition": self.repetition,
            "similarity_first": self.similarity_first,
            "similarity_last": self.similarity_last,
        }


def text_features(
    text: str, *, tokens: int, is_truncated: bool, first: str | None = None, last: str | None = None
) -> TextFeatures:
    """Features of one completion; `first` and `last` are what came before in its place."""
    return TextFeatures(
        length=tokens,
        is_empty=is_empty(text),
        is_truncated=is_truncated,
        refusal=refusal_of(text),
        repetition=repetition(text),
        similarity_first=None if first is None else chrf(text, first),
        similarity_last=None if last is None else chrf(text, last),
    )


def snapshot_metrics(texts: Sequence[str], each: Sequence[TextFeatures]) -> dict[str, float]:
    """A snapshot's features as metrics: means and shares over its completions.

    Null: what cannot be told is left out, such as similarities in the first snapshot
    """
    found: Mapping[str, float | None] = {
        "length": _mean([one.length for one in each]),
        "empty_rate": _mean([one.is_empty for one in each]),
        "truncated_rate": _mean([one.is_truncated for one in each]),
        "refusal_rate": _of_most([one.is_refusal for one in each]),
        "partial_rate": _of_most([one.is_partial for one in each]),
        "refusal_known": _mean([one.refusal is not None for one in each]),
        "repetition": _mean([one.repetition for one in each]),
        "distinct_1": distinct(texts, 1),
        "distinct_2": distinct(texts, 2),
        "similarity_first": _mean([one.similarity_first for one in each]),
        "similarity_last": _mean([one.similarity_last for one in each]),
    }
    return {PREFIX + name: value for name, value in found.items() if value is not None}


def _of_most(values: Sequence[bool | None]) -> float | None:
    """A share of what is known; None where that is less than half of all."""
    known = [value for value in values if value is not None]
    return fmean(known) if known and len(known) >= len(values) / 2 else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
