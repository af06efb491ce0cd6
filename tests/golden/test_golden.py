"""Texts that a person has read; `PTT_REWRITE_GOLDEN=1 pytest tests/golden` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ptt_rules import load
from ptt_rules.report import ir_text

HERE = Path(__file__).resolve().parent


@pytest.mark.parametrize("path", sorted(HERE.glob("*.ptt")), ids=lambda path: path.stem)
def test_a_pack_is_compiled_to_this(path: Path) -> None:
    golden = path.with_suffix(".ir")
    text = ir_text(load(path).compiled)
    if os.environ.get("PTT_REWRITE_GOLDEN"):
        golden.write_text(text)
    assert text == golden.read_text()
