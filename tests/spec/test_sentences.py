"""`sentences.md` names a test for every sentence of the language reference."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.spec.pages import ROOT, anchors

INDEX = Path(__file__).parent / "sentences.md"
REFERENCE = ROOT.parent / "shared" / "design" / "language.md"
MARKS = ("(no behaviour)", "(not yet)")


@dataclass(frozen=True)
class Entry:
    """A sentence, or a row of a table, or a block, with what exercises it."""

    line: int
    quote: str
    tests: tuple[str, ...]


def entries(text: str) -> list[Entry]:
    found = []
    for match in re.finditer(r"((?:^>.*\n)+)\n((?:^- .*\n?)*)", text, re.MULTILINE):
        quote = re.sub(r"^> ?", "", match[1], flags=re.MULTILINE)
        tests = tuple(line.removeprefix("- ") for line in match[2].splitlines())
        found.append(Entry(text.count("\n", 0, match.start()) + 1, quote, tests))
    return found


ENTRIES = entries(INDEX.read_text())


def _is_there(test: str) -> bool:
    path, mark, name = re.fullmatch(r"([^#:]+)(#|::)?(.*)", test).groups()
    file = ROOT / path
    if not file.is_file():
        return False
    if path.endswith(".md"):
        return name in anchors(file)
    if mark == "::":
        return re.search(rf"^def {re.escape(name)}\b", file.read_text(), re.MULTILINE) is not None
    return not name or name in file.read_text()


def _words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"line {entry.line}")
def test_a_sentence_has_tests_that_exist(entry: Entry) -> None:
    assert entry.tests, entry.quote
    missing = [t for t in entry.tests if not t.startswith(MARKS) and not _is_there(t)]
    assert missing == [], entry.quote


def test_the_index_holds_the_whole_reference_in_its_order() -> None:
    if not REFERENCE.is_file():
        pytest.skip("the design reference is not beside this checkout")
    text = re.sub(r"^#{1,2} .*\n", "", REFERENCE.read_text(), flags=re.MULTILINE)
    assert _words(" ".join(entry.quote for entry in ENTRIES)) == _words(text)


@pytest.mark.parametrize(
    "test",
    [
        "docs/language/04-windows.md#nothing",
        "docs/language/99-nothing.md#all",
        "tests/spec/test_sentences.py::test_that_is_not_there",
        "tests/errors/types.ptt#PTT001",
    ],
)
def test_what_is_not_there_is_missed(test: str) -> None:
    assert not _is_there(test)
