"""The shipped packs are an example: the linter has nothing to say of them."""

from __future__ import annotations

import pytest

from ptt_rules.authoring.lint import lint_sources
from ptt_rules.language.resources import rulepacks_path


@pytest.mark.parametrize("pack", sorted(path.name for path in rulepacks_path().iterdir()))
def test_a_shipped_pack_has_no_warning(pack: str) -> None:
    assert lint_sources(rulepacks_path() / pack) == []
