"""What `ptt test` shows of tests that fail, in pages that a person reads.

A `ptt` block has rules with tests, the `failure` block below it what is shown of them.
`PTT_REWRITE_GOLDEN=1 pytest tests/golden` writes it anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ptt_rules.authoring.tests.runner import Runner
from ptt_rules.authoring.tests.suites import find_suites
from ptt_rules.report.tests import outcome_text
from tests.golden.test_golden import check_golden

PAGES = sorted((Path(__file__).parent / "failures").glob("*.md"))
BLOCK = re.compile(r"^```(\w+)\n((?:.*\n)*?)^```$", re.MULTILINE)
WIDTH = 110
"""Bars of 72 columns, with the name of a key before them and its span behind."""


def shown(page: str) -> str:
    """A page with the failures as they are now."""
    rules = ""

    def block(found: re.Match[str]) -> str:
        nonlocal rules
        kind, text = found.groups()
        if kind == "ptt":
            rules = text
        else:
            text = failures(rules)
        return f"```{kind}\n{text}```"

    return BLOCK.sub(block, page)


def failures(rules: str) -> str:
    Path("mine.ptt").write_text(rules)
    (suite,) = find_suites(["mine.ptt"])
    outcomes = map(Runner(suite.tested).run, suite.tests)
    text = "\n\n".join(outcome_text(one) for one in outcomes if not one.passed)
    assert max(map(len, text.splitlines())) <= WIDTH
    return f"{text}\n"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_failure_is_shown_like_this(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = path.read_text()
    assert "```failure" in page
    check_golden(shown(page), path)
