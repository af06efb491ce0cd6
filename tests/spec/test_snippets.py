"""Every block of Python on any page can be parsed, and names what ptt has."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec.pages import DOCS, ROOT, blocks_of
from tests.spec.snippets import faults_of

PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
SNIPPETS = [
    pytest.param(block.text, id=f"{page.relative_to(ROOT)}:{line}")
    for page in PAGES
    for line, block in blocks_of(page.read_text(encoding="utf-8"))
    if block.kind == "python"
]


@pytest.mark.parametrize("text", SNIPPETS)
def test_a_snippet_holds(text: str) -> None:
    assert faults_of(text) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("def f(:\n", "line 1: invalid syntax"),
        ("from ptt_rules import no_such", "`ptt_rules` has no `no_such`"),
        ("DiagnosticsCallback(polici='guard')", "DiagnosticsCallback has no `polici`"),
    ],
)
def test_what_does_not_hold_is_found(text: str, fault: str) -> None:
    assert faults_of(text) == [fault]


def test_pages_that_show_python_are_read() -> None:
    assert {Path(str(one.id).rpartition(":")[0]).name for one in SNIPPETS} >= {
        "README.md",
        "callback.md",
        "tutorial.md",
    }
