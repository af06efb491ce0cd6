"""`--fix` on packs full of faults: each edit ends its warning and brings none; comments stay."""

from __future__ import annotations

import math
import random
from functools import cache
from typing import Any

import pytest

from ptt_rules import loads
from ptt_rules.authoring.lint import RULES, fixed
from ptt_rules.language.diagnostics import Diagnostic, Severity
from tests.judges import live
from tests.language.applied import errors, faults, told
from tests.language.test_every_edit import PAGES, SHIPPED
from tests.lint.planted import comments, logged_keys, planted

MOST_PASSES = 10
SEEDS = range(2)


@cache
def packs() -> list[str]:
    """Examples of all rules, and some packs that ship."""
    small = sorted(SHIPPED, key=len)[:6]
    return [text for text in dict.fromkeys([*PAGES, *small]) if not errors(told(text))]


def warnings(text: str) -> list[Diagnostic]:
    found = told(text)
    assert errors(found) == [], text
    return [one for one in found if one.severity is Severity.WARNING]


def passes(text: str) -> list[str]:
    """The pack after each pass of `--fix`, the pack itself first."""
    found = [text]
    while edits := fixed(warnings(found[-1])):
        ((text, _),) = edits.values()
        found.append(text)
        assert len(found) <= MOST_PASSES + 1, text
    return found


def random_rows(keys: list[str], seed: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    values = [-1.0, 0.0, 0.25, 0.5, 0.9, 1.0, 3.0, 100.0, math.nan]
    rows = []
    for step in range(1, 50):
        present = [key for key in keys if chance.random() < 0.9]
        rows.append({"step": step, **{key: chance.choice(values) for key in present}})
    return rows


def judgements(text: str, seed: int) -> list[tuple[Any, ...]]:
    rows = random_rows(logged_keys(text), seed)
    found = [one.to_json() for one in live(loads(text), rows, {})]
    return [
        tuple(one.get(name) for name in ("event", "detector", "level", "step")) for one in found
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_an_edit_of_a_warning_ends_it_and_brings_nothing(seed: int) -> None:
    found = [str(fault) for text in packs() for fault in faults(planted(text, seed))]
    assert found == []


@pytest.mark.parametrize("seed", SEEDS)
def test_fixing_comes_to_an_end_keeps_comments_and_changes_no_event(seed: int) -> None:
    said = 0
    for pack in packs():
        text = planted(pack, seed)
        *_, after = passes(text)
        assert passes(after) == [after]
        assert [one for one in warnings(after) if one.edit is not None] == []
        assert comments(after) == comments(text), after
        before = judgements(text, seed)
        assert judgements(after, seed) == before, after
        said += len(before)
    assert said > 100


def test_every_rule_with_an_edit_is_planted() -> None:
    codes = {
        one.code
        for seed in SEEDS
        for pack in packs()
        for one in warnings(planted(pack, seed))
        if one.edit is not None
    }
    assert codes == {rule.code for rule in RULES.values() if rule.is_fixable}
