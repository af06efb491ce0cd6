"""Each row of docs/parity.md is a case that runs: its input, and what is found in it and when.

The cases are tests in `*/cases_test.ptt`, named after their rows; `T` marks scenarios of the older
tool's own tests. `older.yaml` says what that tool finds in the same rows. The tables of the page
are written by `PTT_REWRITE_GOLDEN=1 pytest tests/parity`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from ptt_rules import EventKind
from ptt_rules.authoring.tests import Runner, find_suites

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "parity.md"
OLDER: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "older.yaml").read_text())
MARKS = ("<!-- cases: written by tests/parity -->\n", "<!-- end of cases -->\n")
RULE = re.compile(r"^\| (\d+) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAME = re.compile(r"`([a-z_]+\.[a-z0-9_]+)`")
NAMED = re.compile(r"expect ([a-z_]+\.[a-z0-9_]+)")
WITHOUT_CASES = {"10", "64", "65", "66", "67"}
"""Rows of what no log shows, and of agents."""
SHOWN = 3


@dataclass(frozen=True)
class Found:
    """A finding that is reported: detector, level, step."""

    detector: str
    level: str
    step: int


@dataclass(frozen=True)
class Case:
    """A test of the cases once it has run; `rows` are the numbers or marks in its name."""

    name: str
    pack: str
    failures: int
    found: tuple[Found, ...]
    expected: frozenset[str]

    @property
    def rows(self) -> list[str]:
        return self.name.partition(":")[0].split(", ")

    @property
    def older(self) -> Mapping[str, Any]:
        return OLDER[self.name]

    @property
    def first(self) -> int | None:
        """The step of the first finding that is about the case, and not beside it."""
        rules = _rules()
        listed = {name for row in self.rows for name in NAME.findall(rules.get(row, ""))}
        about = listed or self.expected
        return min((one.step for one in self.found if one.detector in about), default=None)

    @property
    def verdict(self) -> str:
        """How ptt's first finding about the case compares with the older tool's."""
        at, first = self.older.get("at"), self.first
        if not self.older.get("compared", True):
            return "not compared"
        if at is None:
            return "silent, as there" if first is None else "found here alone"
        if first is None:
            return "silent by design"
        return "earlier" if first < at else "as early" if first == at else "later"


@cache
def cases() -> tuple[Case, ...]:
    return tuple(_cases())


def _cases() -> Iterator[Case]:
    for suite in find_suites([str(HERE)]):
        runner = Runner(suite.tested)
        for test in suite.tests:
            run = runner.judged(test)
            found = dict[str, Found]()
            for event in run.events:
                if event.event is EventKind.FIRED and not event.suppressed_by:
                    one = Found(event.detector, event.level.word, int(event.step))
                    found.setdefault(one.detector, one)
            failures = len(runner.run(test).failures)
            text = test.source.text[test.span.start :].partition("\n}\n")[0]
            names = frozenset(NAMED.findall(text))
            yield Case(test.name, suite.pack, failures, tuple(found.values()), names)


@cache
def _rules() -> dict[str, str]:
    """The detectors of each row of the page, by its number."""
    return {found[1]: found[2] for found in RULE.finditer(PAGE.read_text())}


def test_each_case_finds_what_it_expects() -> None:
    assert [case.name for case in cases() if case.failures] == []


def test_each_row_of_the_page_has_a_case() -> None:
    numbers = {row for case in cases() for row in case.rows if row.isdecimal()}
    assert set(_rules()) - numbers == WITHOUT_CASES
    assert numbers <= set(_rules())


def test_a_case_is_found_by_a_detector_of_each_of_its_rows() -> None:
    rules = _rules()
    for case in cases():
        names = {one.detector for one in case.found}
        for row in filter(str.isdecimal, case.rows):
            is_noise = case.older.get("why") == "nothing is wrong"
            assert is_noise or names & set(NAME.findall(rules[row])), (case.name, row, names)


def test_what_is_later_or_silent_says_why() -> None:
    asked = {"later", "silent by design"}
    assert [c.name for c in cases() if c.verdict in asked and not c.older.get("why")] == []
    assert {case.name for case in cases()} == set(OLDER)


def test_the_tables_of_the_page_are_what_the_cases_give() -> None:
    page = PAGE.read_text()
    before, _, rest = page.partition(MARKS[0])
    held, _, after = rest.partition(MARKS[1])
    tables = _tables()
    if os.environ.get("PTT_REWRITE_GOLDEN"):
        PAGE.write_text(f"{before}{MARKS[0]}{tables}{MARKS[1]}{after}")
        pytest.skip("written anew")
    assert held == tables


def _tables() -> str:
    by_rule = [case for case in cases() if case.rows[0].isdecimal()]
    by_rule.sort(key=lambda case: int(case.rows[0]))
    by_test = sorted((c for c in cases() if not c.rows[0].isdecimal()), key=lambda c: c.name)
    counts = {case.verdict: 0 for case in cases()}
    for case in cases():
        counts[case.verdict] += 1
    total = "; ".join(f"{number} {verdict}" for verdict, number in sorted(counts.items()))
    head = "| # | input | there | here | |\n|---|---|---|---|---|\n"
    rules, tests = ("".join(map(_line, some)) for some in (by_rule, by_test))
    between = "Scenarios of its own tests, and two beside them (T08, T14):"
    return f"\n{head}{rules}\n{between}\n\n{head}{tests}\n{total}.\n\n"


def _line(case: Case) -> str:
    rows, _, text = case.name.partition(": ")
    older = f"{case.older['finds']}, {case.older['at']}" if "at" in case.older else "—"
    first = sorted(case.found, key=lambda one: one.step)[:SHOWN]
    here = "<br>".join(f"`{one.detector}` {one.level}, {one.step}" for one in first) or "—"
    why = case.older.get("why")
    return f"| {rows} | {text} | {older} | {here} | {case.verdict}{f': {why}' if why else ''} |\n"
