"""How alike two texts are."""

from __future__ import annotations

from collections import Counter

_ORDER = 6


def chrf(one: str, other: str) -> float:
    """chrF1: the F-score of shared runs of 1 to 6 characters, white space left out.

    1 for texts that are alike, 0 for texts that share no character; the order of the texts does
    not matter. Two empty texts are alike.

    Unit:   ratio, 0..1
    Cost:   linear in the length of the texts
    Source: Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation", W15-3049,
            with beta = 1; orders that one of the texts is too short for are left out, as
            sacrebleu does
    """
    one, other = "".join(one.split()), "".join(other.split())
    if one == other:
        return 1.0
    precisions, recalls = [], []
    for n in range(1, min(_ORDER, len(one), len(other)) + 1):
        left, right = _runs(one, n), _runs(other, n)
        shared = sum((left & right).values())
        precisions.append(shared / left.total())
        recalls.append(shared / right.total())
    if not sum(precisions):
        return 0.0
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return 2 * precision * recall / (precision + recall)


def _runs(text: str, n: int) -> Counter[str]:
    return Counter(text[start : start + n] for start in range(len(text) - n + 1))
