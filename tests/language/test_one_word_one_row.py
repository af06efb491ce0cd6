"""A statistic, a window and a log format are known by the same names wherever there is a list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from ptt_rules import loads
from ptt_rules.language.functions import STATISTICS
from ptt_rules.language.ir import Aggregate, Window, walk
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import Kind
from ptt_rules.logs.detect import FORMATS
from ptt_rules.logs.format import LogFormat
from ptt_rules.report.words import window_words
from tests.engine import random_packs
from tests.reference import statistics
from tests.reference.windows import Place, cut
from tests.spec.pages import LANGUAGE

ROOT = Path(__file__).parents[2]
STATISTICS_PAGE = LANGUAGE / "05-aggregates-and-functions.md"
WINDOWS_PAGE = LANGUAGE / "04-windows.md"


def words(texts: Iterable[str]) -> set[str]:
    """The functions that are called with a window."""
    return set(re.findall(r"\b([a-z_]+)\((?=[^()]*(?:\([^()]*\))?[^()]*\[)", "\n".join(texts)))


def table(page: Path) -> list[list[str]]:
    """The cells of the first table of a page, below its head."""
    rows = re.findall(r"(?:^\|.*\n)+", page.read_text(), re.MULTILINE)[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("| ").split("|")] for row in rows]


def first_cells(page: Path) -> list[str]:
    """What the first table of a page lists in its first column."""
    return [code for row in table(page) for code in re.findall(r"`([^`]+)`", row[0])]


# ---- statistics ----------------------------------------------------------------------------


def test_the_reference_has_each_statistic() -> None:
    assert set(STATISTICS) == statistics.WORDS
    least = {word: row.least_count for word, row in STATISTICS.items() if row.least_count > 1}
    assert least == statistics.LEAST


def test_each_statistic_is_drawn_at_random() -> None:
    written = [one.format("a") for one in random_packs.AGGREGATES]
    assert words(written) == set(STATISTICS)


def test_the_table_of_the_page_has_each_statistic() -> None:
    assert words(first_cells(STATISTICS_PAGE)) == set(STATISTICS)


def test_the_table_of_the_page_says_what_the_rows_say() -> None:
    for names, of, _, least, *_ in table(STATISTICS_PAGE):
        for word in words(re.findall("`([^`]+)`", names)):
            row = STATISTICS[word]
            assert int(least) == (0 if row.is_always_known else row.least_count), word
            kinds = {Kind.NUMBER: "numbers", Kind.BOOL: "truths"}
            assert {kinds[one] for one in row.takes} == set(re.findall("numbers|truths", of)), word


def test_the_grammar_of_editors_has_each_statistic() -> None:
    text = (ROOT / "grammar/ptt.tmLanguage.json").read_text()
    (listed,) = re.findall(r"\\\\b\(\?:([a-z_|]+)\)\(\?=\\\\s\*\\\\\(\)", text)
    assert set(STATISTICS) <= set(listed.split("|"))


def test_each_statistic_has_a_case_of_conformance() -> None:
    texts = [path.read_text() for path in (ROOT / "tests/conformance").glob("*.md")]
    assert words(texts) >= set(STATISTICS)


# ---- windows -------------------------------------------------------------------------------


def classes(written: Iterable[str]) -> set[type]:
    """The windows that some texts are."""
    return {type(window) for window in map(window_of, written)}


def window_of(text: str) -> Window:
    declared = 'param n = 5 in 2..20\nmetric a: none = "a"\n'
    pack = loads(f"{declared}detector x {{ low when mean(a{text}) > 1 }}")
    (detector,) = (one.detector for one in pack.compiled.detectors)
    found = walk([detector.levels[0].condition])
    (window,) = (node.window for node in found if isinstance(node, Aggregate))
    return window


KINDS = set(Window.__args__)  # type: ignore[attr-defined]


def test_the_page_and_the_random_packs_have_each_window() -> None:
    assert classes(first_cells(WINDOWS_PAGE)) == KINDS
    assert classes(random_packs.over_any) == KINDS


@pytest.mark.parametrize("text", first_cells(WINDOWS_PAGE))
def test_each_window_has_words_and_is_known_to_the_reference(text: str) -> None:
    window = window_of(text)
    assert window_words(window)
    assert not cut(window, [], Place(1, 0.0, None)).is_full


def test_the_grammar_has_the_windows_of_the_tree() -> None:
    grammar = (ROOT / "grammar/ptt.lark").read_text()
    (listed,) = re.findall(r"^_window: (.*)$", grammar, re.MULTILINE)
    names = {one.__name__ for one in tree.Window.__args__}  # type: ignore[attr-defined]
    assert {word.strip().title().replace("_", "") for word in listed.split("|")} == names


# ---- log formats ---------------------------------------------------------------------------


def test_each_reader_has_its_row() -> None:
    found = set()
    for path in (ROOT / "ptt_rules/logs").glob("*.py"):
        found |= set(re.findall(r"^([A-Z_]+) = (?:LogFormat|replace)\(", path.read_text(), re.M))
    detect = (ROOT / "ptt_rules/logs/detect.py").read_text()
    (listed,) = re.findall(r"^FORMATS = \((.*?)^\)", detect, re.M | re.S)
    assert found == set(re.findall(r"[A-Z_]+", listed))
    assert all(isinstance(one, LogFormat) for one in FORMATS)
