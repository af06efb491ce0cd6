"""Counts with their nouns, and that no other place makes a plural by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ptt_rules.border import agreeing, plural
from tests.house.sources import place, sources

BY_HAND = re.compile(
    r"""'s' if |"s" if |'' if \w[\w.()]* == 1 else 's'|['"]s['"] \* \("""
    r"""|if [\w.()]+ == 1 else "(are|were|have|need|\w+s)\""""
)


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1000, "1000 rows")]
)
def test_a_noun_agrees_with_its_count(count: int, text: str) -> None:
    assert plural(count, "row") == text


@pytest.mark.parametrize(("count", "word"), [(0, "are"), (1, "is"), (1.0, "is"), (1.5, "are")])
def test_a_verb_agrees_with_its_count(count: float, word: str) -> None:
    assert agreeing(count, "is", "are") == word


@pytest.mark.parametrize("path", sources(), ids=place)
def test_no_plural_is_made_by_hand(path: Path) -> None:
    assert [line for line in path.read_text().splitlines() if BY_HAND.search(line)] == []


@pytest.mark.parametrize(
    "line",
    [
        """f"{n} row{'' if n == 1 else 's'}\"""",
        """f"{n} row{'s' if n > 1 else ''}\"""",
        """f"{n} row{'s' * (n != 1)}\"""",
        """noun = "row" if len(rows) == 1 else "rows\"""",
        """verb = "is" if n == 1 else "are\"""",
    ],
)
def test_a_plural_by_hand_is_found(line: str) -> None:
    assert BY_HAND.search(line)
