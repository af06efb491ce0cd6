"""Links between pages lead to a file that is there, and to a heading that it has."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def links(text: str) -> list[str]:
    """Where the links of a page lead to within the project."""
    found = _LINK.findall(_FENCE.sub("", text))
    return [one for one in found if not re.match(r"[a-z]+:", one)]


@cache
def headings(page: Path) -> frozenset[str]:
    """The anchors of a page, as code hosts make them of its headings."""
    found = _HEADING.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))
    return frozenset(re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in found)


def broken(page: Path, link: str) -> str | None:
    """Why a link of a page leads nowhere."""
    path, _, heading = link.partition("#")
    place = (page.parent / path).resolve() if path else page
    if not place.exists():
        return f"{link}: no such file"
    if heading and place.suffix == ".md" and heading not in headings(place):
        return f"{link}: no such heading"
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    found = links(page.read_text(encoding="utf-8"))
    assert [why for one in found if (why := broken(page, one))] == []


def test_a_link_that_leads_nowhere_is_found() -> None:
    text = "[a](no.md) [b](README.md#no) [c](https://a.b) `[d](e)` [f](README.md)"
    assert links(text)[:2] == ["no.md", "README.md#no"]
    assert broken(PAGES[0], "no.md") == "no.md: no such file"
    assert broken(PAGES[0], "README.md#no") == "README.md#no: no such heading"
    assert broken(PAGES[0], "README.md") is None
