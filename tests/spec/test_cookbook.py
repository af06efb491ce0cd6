"""Each recipe of the cookbook is a pack by itself: it checks, its tests pass, it is linked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ptt_rules.authoring.tests import Runner, find_suites
from ptt_rules.language import Severity
from ptt_rules.packs import check_sources
from tests.spec.pages import DOCS, Section, anchor, sections_of

PAGE = (DOCS / "cookbook.md").read_text()
RECIPES = list(sections_of(PAGE, "docs/cookbook.md"))
KINDS = 36
"""Kinds of rules from practice that authors wrote."""


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.place.partition("#")[2])
def test_a_recipe_does_what_it_says(recipe: Section, tmp_path: Path) -> None:
    ((block, _),) = recipe.blocks
    file = tmp_path / "recipe.ptt"
    file.write_text(block.text)
    assert [one for one in check_sources(file) if one.severity is Severity.ERROR] == []
    (suite,) = find_suites([str(file)])
    runner = Runner(suite.tested)
    outcomes = [runner.run(test) for test in suite.tests]
    assert outcomes
    assert [(one.errors, one.failures) for one in outcomes] == [((), ())] * len(outcomes)


def test_all_kinds_are_there_and_linked_once() -> None:
    headings = re.findall(r"^### (.+)$", PAGE, re.MULTILINE)
    assert len(headings) == len(RECIPES) == KINDS
    linked = re.findall(r"\]\(#([^)]+)\)", PAGE)
    assert sorted(linked) == sorted(map(anchor, headings))
