"""How alike two texts are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

_ORDER = 6


def chrf(one: str, other: str) -> float:
    """chrF1: the F-score of shared runs of 1 to 6 characters, white space left out.

    1 for texts that are alike, 0 for texts that share no character; the order of the texts does
    not matter. Two empty texts are alike.

    Unit:   ratio, 0..1
    Cost:   linear in the length of the texts; nothing for two that were compared shortly before,
            as a snapshot and its diffs compare the same ones
    Source: Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation", W15-3049,
            with beta = 1; orders that one of the texts is too short for are left out, as
            sacrebleu does
    """
    return _chrf(*sorted((one, other)))


def shared_words(one: str, other: str) -> float:
    """The F-score of the words that two texts share, in any order: a rough likeness at no cost.

    Unit:   ratio, 0..1
    """
    left, right = Counter(one.split()), Counter(other.split())
    total = left.total() + right.total()
    return 2 * _shared(left, right) / total if total else 1.0


@lru_cache(maxsize=512)
def _chrf(one: str, other: str) -> float:
    one, other = "".join(one.split()), "".join(other.split())
    if one == other:
        return 1.0
    precisions, recalls = [], []
    for left, right in zip(_runs(one), _runs(other), strict=False):
        shared = _shared(left, right)
        precisions.append(shared / left.total())
        recalls.append(shared / right.total())
    if not sum(precisions):
        return 0.0
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return 2 * precision * recall / (precision + recall)


@lru_cache(maxsize=4)  # each text is compared with several others in turn
def _runs(text: str) -> Sequence[Counter[str]]:
    """Its runs of 1 to 6 characters, by their length; none of a length that it has not."""
    runs = list(text)
    found = []
    for length in range(1, min(_ORDER, len(text)) + 1):
        found.append(Counter(runs))
        # each run with the character that follows it is a run of the next length
        runs = [run + following for run, following in zip(runs, text[length:], strict=False)]
    return found


def _shared(left: Counter[str], right: Counter[str]) -> int:
    if len(left) > len(right):
        left, right = right, left
    return sum(min(left[run], right[run]) for run in left.keys() & right.keys())
