"""Words of a text, for measures that count them."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LONGEST_WORD = 24
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"  # kana and Han have no spaces: one sign, one word
    r"|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+(?:['\u2019][^\W\d_]+)?"
    r"|[^\w\s]"
)


def words(text: str) -> list[str]:
    """Words, numbers and punctuation signs, in order.

    A run of more than 24 letters is not a word of any language that puts spaces between them; it
    counts by its letters, so that `aaaaaa...` and scripts without spaces are measured too.
    """
    found: list[str] = []
    for word in _WORD.findall(text):
        found += word if len(word) > _LONGEST_WORD else [word]
    return found


def ngrams(items: Sequence[str], n: int) -> list[tuple[str, ...]]:
    """All runs of `n` neighbours; none where there are fewer items."""
    return list(zip(*(items[start:] for start in range(n)), strict=False))
