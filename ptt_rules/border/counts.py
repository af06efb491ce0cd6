"""Counts with their nouns, words that agree with a count, and the first few of many."""

from __future__ import annotations

from collections.abc import Sequence


def plural(count: int, noun: str) -> str:
    """A count and its noun, such as `1 row` and `2 rows`."""
    return f"{count} {agreeing(count, noun, f'{noun}s')}"


def agreeing(count: float, one: str, many: str) -> str:
    """The word that goes with a count: the first with exactly one, else the second."""
    return one if count == 1 else many


def first_few(names: Sequence[str], shown: int | None) -> str:
    """Names as a list, such as `a, b and 3 more`; all of them if `shown` is None."""
    if shown is None or len(names) <= shown:
        return ", ".join(names)
    return f"{', '.join(names[:shown])} and {len(names) - shown} more"
