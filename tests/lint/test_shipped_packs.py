"""The shipped packs are an example: the linter has nothing to say of them."""

from __future__ import annotations

import pytest

from ptt_rules.lint import RULES, lint_sources
from ptt_rules.resources import rulepacks_path

WRITTEN_NEXT = {"test_missing"}
"""Tests of the shipped packs come with the command that runs them."""


@pytest.mark.parametrize("pack", sorted(path.name for path in rulepacks_path().iterdir()))
def test_a_shipped_pack_has_no_warning(pack: str) -> None:
    rules = [rule for name, rule in RULES.items() if name not in WRITTEN_NEXT]
    assert lint_sources(rulepacks_path() / pack, rules) == []
