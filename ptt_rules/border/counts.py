"""Counts with their nouns, and words that agree with a count."""

from __future__ import annotations


def plural(count: int, noun: str) -> str:
    """A count and its noun, such as `1 row` and `2 rows`."""
    return f"{count} {agreeing(count, noun, f'{noun}s')}"


def agreeing(count: float, one: str, many: str) -> str:
    """The word that goes with a count: the first with exactly one, else the second."""
    return one if count == 1 else many
