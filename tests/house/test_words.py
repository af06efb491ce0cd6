"""The glossary: words that readers do not know from the field stay out of pages and texts.

A word is looked for in prose: in the pages of docs outside code, and in the texts, docstrings and
messages of the rooms that a user reads. `ALLOWED` lists the places that mean the word literally.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import ROOT, sources

WORDS = {
    "tell, told": ("report, reported, says", r"\b(?:tells?|told|telling)\b(?! (?:\w+ )?apart)"),
    "behind": ("after", r"\bbehind\b"),
    "mend": ("fix", r"\bmend(?:s|ed|ing)?\b"),
    "knob": ("hyper-parameter", r"\bknobs?\b"),
    "spoil": ("unsafe, faulty", r"\bspoil(?:s|t|ed|ing)?\b"),
    "is no X": ("is not an X", r"(?<!\bthere )\b(?:is|are) no (?!longer\b|more\b)\w"),
    "one that is none": ("an invalid X", r"\b(?:that|which|one) (?:is|are) none\b"),
    "slip, misfit, landmark": ("mistake, sync point", r"\b(?:slips?|misfits?|landmarks?)\b"),
    "who comes from": ("migrating from", r"\bwho comes from\b"),
}
PATTERN = re.compile("|".join(f"(?:{found})" for _, found in WORDS.values()), re.IGNORECASE)

ALLOWED = {
    "docs/catalogue.md": {"behind"},  # an accuracy that lags, a NaN that a sum hides
    "ptt_rules/runs/rules.py": {"told"},  # a key of run.json
}
"""Words by file that are meant literally there."""

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PROSE = [page for page in PAGES if ROOT / "docs" / "packs" not in page.parents]
"""Pages of packs are made of the texts of rules, which have their own tests."""

ROOMS = ("border", "language", "logs", "packs", "runs", "authoring")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`|\]\([^)]*\)|^    .*?$", re.MULTILINE | re.DOTALL)


def dialect(text: str) -> list[str]:
    """The words of a text that are not in the glossary, in order."""
    return [match.group() for match in PATTERN.finditer(text)]


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """The literals of a module, docstrings among them, with their lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PROSE, ids=_name)
def test_a_page_uses_the_words_of_the_field(page: Path) -> None:
    prose = CODE.sub(" ", page.read_text(encoding="utf-8"))
    allowed = ALLOWED.get(_name(page), set())
    assert [word for word in dialect(prose) if word.lower() not in allowed] == []


@pytest.mark.parametrize("room", ROOMS)
def test_texts_and_docstrings_use_the_words_of_the_field(room: str) -> None:
    found = {
        f"{_name(path)}:{line} {word}"
        for path in sources(f"ptt_rules/{room}")
        for line, text in texts(path)
        for word in dialect(text)
        if word.lower() not in ALLOWED.get(_name(path), set())
    }
    assert found == set()


def test_every_allowed_word_is_still_needed() -> None:
    unused = {
        name: allowed - {word.lower() for word in dialect((ROOT / name).read_text("utf-8"))}
        for name, allowed in ALLOWED.items()
    }
    assert {name: words for name, words in unused.items() if words} == {}


@pytest.mark.parametrize(
    "text",
    [
        "it tells what it found",
        "A finding is told once.",
        "the colon behind it",
        "`--fix` mends it",
        "a folder that is no run directory",
        "a value that is none",
        "turn the knob",
        "who comes from another tool",
    ],
)
def test_dialect_is_found(text: str) -> None:
    assert dialect(text)


@pytest.mark.parametrize(
    "text",
    [
        "there is no pack",
        "it is no longer logged",
        "two runs are told apart",
        "a hint, a fix, after",
    ],
)
def test_plain_words_are_left_alone(text: str) -> None:
    assert dialect(text) == []
