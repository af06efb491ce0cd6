"""An edit removes its diagnostic, adds none, and means what the slip meant."""

from __future__ import annotations

import math
import random
import re
from pathlib import Path
from typing import Any

import pytest

from ptt_rules import PttError, loads
from ptt_rules.authoring.lint.registry import RULES
from ptt_rules.evaluation.row.live import LiveProgram
from ptt_rules.language.codes import Rules
from ptt_rules.language.diagnostics import Diagnostic
from ptt_rules.logs.rows import read_row
from tests.language.applied import errors, faults, put, told
from tests.language.mutations import mutations
from tests.language.test_errors import _pieces
from tests.language.test_slips import SLIPS

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    example.text
    for rule in RULES.values()
    for example in (rule.page.failing, rule.page.fixed)
    if isinstance(example, Rules)
]
BROKEN = [slip.broken for slip in SLIPS] + [text for _, text in _pieces()]
GOOD = [slip.mended for slip in SLIPS] + PAGES
SHIPPED = [
    path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "rulepacks").rglob("*.ptt"))
    if "extends" not in path.read_text(encoding="utf-8")
]


def test_edits_of_what_is_known_to_be_wrong() -> None:
    assert [str(fault) for text in [*BROKEN, *PAGES] for fault in faults(text)] == []


@pytest.mark.parametrize("seed", range(4))
def test_edits_of_mutated_rules(seed: int) -> None:
    good = [text for text in dict.fromkeys(GOOD) if not errors(told(text))]
    found = [str(fault) for one in mutations(good, 150, seed) for fault in faults(one.broken)]
    assert found == []


def test_edits_of_mutated_packs() -> None:
    small = sorted(dict.fromkeys(SHIPPED), key=len)[:25]
    good = [text for text in small if not errors(told(text))]
    found = [str(fault) for one in mutations(good, 60, 5) for fault in faults(one.broken)]
    assert found == []


# ---- meaning ---------------------------------------------------------------------------------

METRICS = (
    'metric a: none = "a"\nmetric b: none = "b"\nmetric c: none = "c"\nmetric d: seconds = "d"\n'
)
MEANT: dict[str, str] = {
    "(a > 1) == false": "not (a > 1)",
    "(a > 1) == true": "a > 1",
    "(a > 1) != true": "not (a > 1)",
    "(a > 1) != false": "a > 1",
    "a > 1 == False": "not (a > 1)",
    "false == (a > 1)": "not (a > 1)",
    "true != (a > 1)": "not (a > 1)",
    "not (a > 1) == false": "a > 1",
    "not (a > 1) == true": "not (a > 1)",
    "(a > 1 and b > 1) == false": "not (a > 1 and b > 1)",
    "(a > 1 or b > 1) == false and c > 1": "not (a > 1 or b > 1) and c > 1",
    "c > 1 or (a > 1 or b > 1) != true": "c > 1 or not (a > 1 or b > 1)",
    "any((a > 3)[2]) == false": "not any((a > 3)[2])",
    "a in 0..2 == false": "not a in 0..2",
    "isnan(a) == true": "isnan(a)",
    "isnan(a) == false": "not isnan(a)",
    "0 < a < 2": "0 < a and a < 2",
    "not 0 < a < 2": "not (0 < a and a < 2)",
    "not 0 < a < 2 and b > 1": "not (0 < a and a < 2) and b > 1",
    "0 < a <= b < 3": "0 < a and a <= b and b < 3",
    "not 0 < a <= b < 3": "not (0 < a and a <= b and b < 3)",
    "b > 1 or 3 > a > 0": "b > 1 or (3 > a and a > 0)",
    "a > 1 && b > 1": "a > 1 and b > 1",
    "a > 1 || b > 1": "a > 1 or b > 1",
    "!(a > 1)": "not (a > 1)",
    "a => 1": "a >= 1",
    "a =< 1": "a <= 1",
    "a <> 1": "a != 1",
    "a = 1": "a == 1",
    "a == nan": "isnan(a)",
    "a != nan": "not isnan(a)",
    "nan == a": "isnan(a)",
    "not a == NaN": "not isnan(a)",
    "max(a, b) > 1": "greatest(a, b) > 1",
    "min(a, b, c) > 1": "least(least(a, b), c) > 1",
    "max(a[3], 1) > 1": "greatest(max(a[3]), 1) > 1",
    "greatest(a, b, c) > 1": "greatest(greatest(a, b), c) > 1",
    "coalesce(a, b, 0) > 1": "coalesce(coalesce(a, b), 0) > 1",
    "quantile(0.25, a[4]) > 1": "quantile(a[4], 0.25) > 1",
    "quantile(a[4], 25) > 1": "quantile(a[4], 25%) > 1",
    "ema(a[5]) > 1": "mean(a[decay 5]) > 1",
    "mean(a, 5) > 1": "mean(a[5]) > 1",
    "a in [0, 1]": "a in 0..1",
    "a in (0, 1) and b > 1": "a in 0..1 and b > 1",
    "a in {1, 2} and b > 1": "(a == 1 or a == 2) and b > 1",
    "mean(a[2:4]) > 1": "mean(a[2..4]) > 1",
    "d > 0.03 min": "d > 1.8",
    "d > 500 ms": "d > 0.5",
    "a > 1 steps": "a > 1",
    "a ** 2 > 1": "a * a > 1",
    "a > .5": "a > 0.5",
    "a.mean() > 1": "mean(a[20]) > 1",
}
"""Conditions that newcomers write, with the one that each is meant to be."""


def mended(text: str) -> str:
    """A text with the first edit of its errors in it, until there are none."""
    for _ in range(5):
        found = errors(told(text))
        if not found:
            return text
        edits = [one.edit for one in found if one.edit is not None]
        assert edits, found
        text = put(text, edits[0])
    raise AssertionError(text)


def truths(text: str, rows: list[dict[str, Any]]) -> list[object]:
    pack = loads(text)
    program = pack.compiled.program
    number = program.number(pack.compiled.detectors[0].detector.levels[0].condition)
    live = LiveProgram(program)
    found = []
    for row in rows:
        live.advance(read_row(row))
        found.append(live.values[number])
    return found


def random_rows(seed: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    values = [-2.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 4.0, math.nan, math.inf]
    rows = []
    for step in range(40):
        present = [key for key in "abcd" if chance.random() < 0.85]
        rows.append({"step": step, **{key: chance.choice(values) for key in present}})
    return rows


@pytest.mark.parametrize(("written", "meant"), MEANT.items(), ids=list(MEANT))
def test_an_edit_never_turns_a_condition_round(written: str, meant: str) -> None:
    rule = "detector x {{\n  high when {}\n}}\n"
    text = mended(METRICS + rule.format(written))
    rows = random_rows(7)
    expected = truths(METRICS + rule.format(meant), rows)
    assert truths(text, rows) == expected
    assert any(expected)
    assert not all(expected)


# ---- without an edit -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "code", "says"),
    [
        ("(a > 1) == (b > 3)", "PTT201", "true or false"),
        ("a > -inf", "PTT101", r"isfinite\(a\)"),
        ("a == null", "PTT101", r"not observed\(a\)"),
        ("mean(a[5]) == nan", "PTT101", "never `nan`"),
        ("sum(mean(a[10])) > 1", "PTT204", "gives a value"),
        ("a[0] > 1", "PTT204", "`a` alone"),
        ("age(a) > 10 min", "PTT203", "`age` is in steps"),
        ("x_high", "PTT101", "is a detector"),
        ("step_tim > 1", "PTT101", 'metric step_tim: seconds in 0.. = "step_time"'),
    ],
)
def test_where_it_is_unclear_what_to_write_words_say_it(
    condition: str, code: str, says: str
) -> None:
    text = f"{METRICS}detector x_high {{ high when a > 1 }}\ndetector x {{ high when {condition} }}"
    found: list[Diagnostic] = []
    try:
        loads(text)
    except PttError as error:
        found = list(error.diagnostics)
    assert [one.code for one in found][:1] == [code]
    assert found[0].edit is None
    assert re.search(says, f"{found[0].message} {found[0].hint}")
