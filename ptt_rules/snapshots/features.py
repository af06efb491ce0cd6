"""What one answer says in numbers.

Pure functions of strings; what a number means where there is nothing to count is said with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ptt_rules.snapshots.completion import Completion
from ptt_rules.snapshots.refusals import Refusal, refusal_of
from ptt_rules.snapshots.similarity import chrf
from ptt_rules.snapshots.thoughts import answer_of
from ptt_rules.snapshots.words import ngrams, words

REPETITION_ORDER = 4
MOST_COMPARED = 64
"""Answers of a snapshot whose wording is compared: more cost time and say little more."""
REFUSAL = "refusal"
"""The name of a scorer that replaces the detector: 1 is a refusal, 0 is none."""


def repetition(text: str, n: int = REPETITION_ORDER) -> float | None:
    """Share of runs of `n` words that came before in the same text: 0 says nothing twice.

    Unit:   ratio, 0..1
    Null:   for a text of fewer than `n` words
    Source: seq-rep-n of Welleck et al. 2020 (arXiv:1908.04319, section 6.1), on words
    """
    runs = ngrams(words(text), n)
    return 1 - len(set(runs)) / len(runs) if runs else None


def is_empty(text: str) -> bool:
    """Whether there is nothing but white space; of a text with thought, in its answer."""
    answer = answer_of(text)
    return answer is not None and not answer.strip()


@dataclass(frozen=True, slots=True)
class TextFeatures:
    """One completion in numbers; similarities are to answers of other snapshots."""

    length: int
    is_empty: bool
    is_truncated: bool
    refusal: Refusal | None
    repetition: float | None
    similarity_first: float | None = None
    similarity_last: float | None = None
    similarity_chance: float | None = None
    """To the first answer to another prompt: what is alike by chance."""
    scores: Mapping[str, float | None] = field(default_factory=dict)

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
            "similarity_chance": self.similarity_chance,
            **({"scores": dict(self.scores)} if self.scores else {}),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TextFeatures:
        """Errors: KeyError for what is not features"""
        return cls(
            length=data["length"],
            is_empty=data["empty"],
            is_truncated=data["truncated"],
            refusal=_refusal(data["refusal"], data.get("partial")),
            repetition=data["repetition"],
            similarity_first=data["similarity_first"],
            similarity_last=data["similarity_last"],
            similarity_chance=data.get("similarity_chance"),
            scores=dict(data.get("scores", {})),
        )


def text_features(text: str, *, tokens: int, is_truncated: bool) -> TextFeatures:
    """Features of one completion by itself."""
    return TextFeatures(
        length=tokens,
        is_empty=is_empty(text),
        is_truncated=is_truncated,
        refusal=refusal_of(text),
        repetition=repetition(text),
    )


Scores = Mapping[str, Sequence[float | None]]
"""By the name of a scorer, one score for each completion; None where there is none."""


def features_of(
    completions: Sequence[Completion],
    first: Mapping[str, Completion],
    last: Mapping[str, Completion],
    scores: Scores,
) -> tuple[TextFeatures, ...]:
    """Features of a snapshot's completions; `first` and `last` are what came before, by prompt.

    Cost: at most 64 of them are compared with others, evenly spread
    """
    step = compared_every(len(completions))
    found = []
    for place, one in enumerate(completions):
        made = text_features(one.text, tokens=one.tokens, is_truncated=one.is_truncated)
        if place % step == 0:
            other = completions[(place + 1) % len(completions)]
            made = replace(made, **_likeness(one, other, first, last))
        found.append(_scored(made, {name: each[place] for name, each in scores.items()}))
    return tuple(found)


def compared_every(count: int) -> int:
    """Every how manieth of so many answers has its wording compared: at most 64, evenly spread."""
    return max(1, -(-count // MOST_COMPARED))


def _likeness(
    one: Completion,
    other: Completion,
    first: Mapping[str, Completion],
    last: Mapping[str, Completion],
) -> dict[str, Any]:
    """How alike an answer is to what was said to its prompt before, and to another prompt."""
    pairs = {
        "similarity_first": first.get(one.key),
        "similarity_last": last.get(one.key),
        "similarity_chance": first.get(other.key) if other is not one else None,
    }
    return {name: chrf(one.text, was.text) for name, was in pairs.items() if was is not None}


def _scored(made: TextFeatures, scores: Mapping[str, float | None]) -> TextFeatures:
    if REFUSAL not in scores:
        return replace(made, scores=scores) if scores else made
    score = scores[REFUSAL]
    refusal = None if score is None else Refusal.FULL if score >= 0.5 else Refusal.NONE
    return replace(made, scores=scores, refusal=refusal)


def _refusal(is_full: bool | None, is_partial: bool | None) -> Refusal | None:
    if is_full is None:
        return None
    return Refusal.FULL if is_full else Refusal.PARTIAL if is_partial else Refusal.NONE
