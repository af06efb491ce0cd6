"""A snapshot's features as metrics that rules can use: means, rates, and counts of flips.

What has a label is counted by its label too, under a key that ends in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ptt_rules.snapshots.completion import Completion
from ptt_rules.snapshots.features import REFUSAL, TextFeatures
from ptt_rules.snapshots.words import ngrams, words

PREFIX = "snapshot/"
LOGPROB = "logprob"
ENTROPY = "entropy"
UNLABELLED = "unlabelled"
"""The label of prompts that have none."""
_MEANS: Mapping[str, Callable[[TextFeatures], float | None]] = {
    "length": lambda one: one.length,
    "empty_rate": lambda one: one.is_empty,
    "truncated_rate": lambda one: one.is_truncated,
    "repetition": lambda one: one.repetition,
    "similarity_first": lambda one: one.similarity_first,
    "similarity_last": lambda one: one.similarity_last,
    "similarity_chance": lambda one: one.similarity_chance,
    "refusal_known": lambda one: one.refusal is not None,
}
_TINY = 1e-9
LENGTHS: Mapping[str, float] = {"length_median": 0.5, "length_p90": 0.9}
"""Shares of the answers that have ended by a length."""
Pairs = Sequence[tuple[float, float | None]]
"""A weight and a value, which may be unknown."""


def snapshot_metrics(
    completions: Sequence[Completion],
    each: Sequence[TextFeatures],
    before: Sequence[TextFeatures | None] = (),
) -> dict[str, float]:
    """Weighted means and rates; `before` are the features of the first snapshot, if there was one.

    Null: what is not known is left out, such as similarities in the first snapshot
    """
    weights = [one.asked.weight for one in completions]
    split = [words(one.text) for one in completions]
    found: dict[str, float | None] = {
        name: _mean(_pairs(weights, each, value)) for name, value in _MEANS.items()
    }
    found |= {f"distinct_{n}": _distinct(split, n) for n in (1, 2)}
    found |= {name: length_of_share(each, share) for name, share in LENGTHS.items()}
    labels = [one.asked.label or UNLABELLED for one in completions]
    pairs = list(zip(weights, each, before or [None] * len(each), strict=True))
    found |= _judged(pairs)
    for label in sorted({*labels}):
        own = [pair for pair, its in zip(pairs, labels, strict=True) if its == label]
        found |= {f"{name}/{label}": value for name, value in _judged(own).items()}
    return {PREFIX + name: float(value) for name, value in found.items() if value is not None}


def distinct(texts: Sequence[str], n: int) -> float | None:
    """Different runs of `n` words in all texts together, divided by the number of their words.

    Unit:   ratio, 0..1
    Null:   where there is no word
    Source: Li et al. 2016 (arXiv:1510.03055, section 5.3)
    """
    return _distinct([words(text) for text in texts], n)


def _distinct(split: Sequence[Sequence[str]], n: int) -> float | None:
    count = sum(map(len, split))
    return len({run for one in split for run in ngrams(one, n)}) / count if count else None


def length_of_share(each: Sequence[TextFeatures], share: float) -> float | None:
    """The number of tokens by which a share of the answers has ended.

    An answer that was cut off is known to be at least as long, so that it counts among those that
    go on as far as it was seen.

    Null:   where too many are cut off: it is at least the length at which they are
    Source: Kaplan and Meier 1958, "Nonparametric estimation from incomplete observations"
    """
    going_on, at_risk = 1.0, len(each)
    for one in sorted(each, key=lambda one: (one.length, one.is_truncated)):
        if not one.is_truncated:
            going_on *= 1 - 1 / at_risk
        at_risk -= 1
        if going_on <= 1 - share + _TINY:
            return one.length
    return None


Judged = Sequence[tuple[float, TextFeatures, TextFeatures | None]]
"""Weight, features, and the features of the same prompt in the first snapshot."""


def _judged(pairs: Judged) -> dict[str, float | None]:
    """What is said of all prompts and of those of each label: refusals, flips, scores, drift."""
    weights, each = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    found = {
        "refusal_rate": _of_most(_pairs(weights, each, lambda one: one.is_refusal)),
        "partial_rate": _of_most(_pairs(weights, each, lambda one: one.is_partial)),
    }
    names = dict.fromkeys(name for one in each for name in one.scores if name != REFUSAL)
    for name in names:
        scored = [(weight, one.scores.get(name)) for weight, one in zip(weights, each, strict=True)]
        found[name] = _mean(scored)
    return {**found, **dict(_flips(pairs)), "drift": _drift(pairs)}


def _flips(pairs: Judged) -> Iterator[tuple[str, float]]:
    """Prompts that are refused and were not, and the other way round, of those that are known."""
    known = [
        (was.is_refusal, now.is_refusal)
        for _, now, was in pairs
        if was is not None and None not in (was.is_refusal, now.is_refusal)
    ]
    if known:
        yield "refusals_gained", known.count((False, True))
        yield "refusals_lost", known.count((True, False))
        yield "refusals_compared", len(known)


def _drift(pairs: Judged) -> float | None:
    """How much less likely the first answers became, in nats a token."""
    lost: list[tuple[float, float | None]] = []
    for weight, now, was in pairs:
        ends = (was.scores.get(LOGPROB) if was is not None else None, now.scores.get(LOGPROB))
        if ends[0] is not None and ends[1] is not None:
            lost.append((weight, ends[0] - ends[1]))
    return _mean(lost)


def _pairs(
    weights: Sequence[float],
    each: Sequence[TextFeatures],
    value: Callable[[TextFeatures], float | None],
) -> Pairs:
    return [(weight, value(one)) for weight, one in zip(weights, each, strict=True)]


def _mean(pairs: Pairs) -> float | None:
    """The weighted mean of what is known."""
    known = [(weight, value) for weight, value in pairs if value is not None]
    total = sum(weight for weight, _ in known)
    return sum(weight * value for weight, value in known) / total if total else None


def _of_most(pairs: Pairs) -> float | None:
    """A rate of what is known; None where that is less than half of all."""
    known = sum(value is not None for _, value in pairs)
    return _mean(pairs) if known >= len(pairs) / 2 else None
