"""The pages leave no word of the language out."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from ptt_rules import ActionKind, EventKind, Status
from ptt_rules.language.functions import function_words
from ptt_rules.language.types import LEVEL_WORDS, UNIT_WORDS
from tests.spec.pages import LANGUAGE, sections

STATUSES = [status.value for status in Status]
ACTIONS = [action.value for action in ActionKind]
EVENTS = [kind.value for kind in EventKind if kind is not EventKind.BROKEN]


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("02-metrics.md", UNIT_WORDS),
        ("06-detectors.md", LEVEL_WORDS),
        ("06-detectors.md", STATUSES),
        ("06-detectors.md", EVENTS),
        ("07-policies.md", ACTIONS),
    ],
)
def test_a_table_has_every_word(page: str, words: Iterable[str]) -> None:
    rows = [line for line in (LANGUAGE / page).read_text().splitlines() if line.startswith("|")]
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", "\n".join(rows)))))
    assert set(words) - named == set()


def test_every_function_has_a_worked_number() -> None:
    lines = [
        block.text
        for section in sections()
        for block, _ in section.blocks
        if block.kind == "values" and "/05-" in section.place
    ]
    worked = set(re.findall(r"\b(\w+)\(", "".join(lines)))
    # what asks other detectors, or other runs, is shown by events
    assert worked == set(function_words()) - {"firing", "siblings"}
