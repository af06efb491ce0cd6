"""docs/parity.md and docs/catalogue.md name detectors that exist, and leave out no rule."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ptt_rules import load, shipped_packs

PAGE_FOLDER = Path(__file__).parents[2] / "docs"
PAGE = (PAGE_FOLDER / "parity.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAME = re.compile(r"`([a-z_]+\.[a-z0-9_]+)`")
RULES = 70


@pytest.fixture(scope="module")
def detectors() -> set[str]:
    """Those of all packs, less those that none of a pack's users has."""
    return {one.name for pack in shipped_packs() for one in load(pack).detectors}


def test_every_detector_that_is_named_exists(detectors: set[str]) -> None:
    assert set(NAME.findall(PAGE)) - detectors == set()


def test_every_rule_has_its_row() -> None:
    assert [int(found[1]) for found in ROW.finditer(PAGE)] == [*range(1, RULES + 1)]


def test_a_rule_without_a_detector_is_said_to_be_of_later() -> None:
    for found in ROW.finditer(PAGE):
        if found[3].strip() == "—":
            assert "*later*" in found[4], found[0]
        else:
            assert NAME.search(found[3]), found[0]


def test_links_lead_somewhere() -> None:
    folder = Path(__file__).parents[2] / "docs"
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert target.startswith("https://") or (folder / target).exists(), target


# ---- the catalogue -------------------------------------------------------------------------

CATALOGUE = (PAGE_FOLDER / "catalogue.md").read_text(encoding="utf-8")
FAILURE = re.compile(r"^\| ([A-Z]\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
COVERED = 90


def test_the_catalogue_names_detectors_that_exist(detectors: set[str]) -> None:
    assert set(NAME.findall(CATALOGUE)) - detectors == set()


def test_most_failures_of_the_catalogue_are_found() -> None:
    rows = FAILURE.findall(CATALOGUE)
    assert len({name for name, _, _ in rows}) == len(rows)
    assert sum(bool(NAME.search(found)) for _, _, found in rows) >= COVERED


def test_every_detector_is_in_the_catalogue_or_in_the_parity_table(detectors: set[str]) -> None:
    assert detectors - set(NAME.findall(CATALOGUE)) - set(NAME.findall(PAGE)) == set()
