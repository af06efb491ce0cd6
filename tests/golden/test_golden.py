"""Texts that a person has read; `PTT_REWRITE_GOLDEN=1 pytest tests/golden` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ptt_rules import check_sources, load
from ptt_rules.language.source import Source
from ptt_rules.language.syntax import format_source
from ptt_rules.report import diagnostic_text, ir_text

HERE = Path(__file__).resolve().parent
WRONG = HERE / "diagnostics"
UNTIDY = sorted((HERE / "format").glob("*.in.ptt"))


def check_golden(text: str, golden: Path) -> None:
    if os.environ.get("PTT_REWRITE_GOLDEN"):
        golden.write_text(text)
    assert text == golden.read_text()


@pytest.mark.parametrize("path", sorted(HERE.glob("*.ptt")), ids=lambda path: path.stem)
def test_a_pack_is_compiled_to_this(path: Path) -> None:
    check_golden(ir_text(load(path).compiled), path.with_suffix(".ir"))


@pytest.mark.parametrize(
    "name", sorted(path.name for path in WRONG.iterdir() if path.suffix != ".txt")
)
def test_what_is_wrong_is_shown_like_this(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(WRONG)
    blocks = [f"{diagnostic_text(diagnostic)}\n" for diagnostic in check_sources(name)]
    assert blocks
    check_golden("\n".join(blocks), (WRONG / name).with_suffix(".txt"))


@pytest.mark.parametrize("path", UNTIDY, ids=lambda path: path.name.removesuffix(".in.ptt"))
def test_a_file_is_laid_out_like_this(path: Path) -> None:
    formatted, _ = format_source(Source(path.name, path.read_text()))
    assert formatted is not None
    check_golden(formatted, path.with_name(path.name.replace(".in.", ".out.")))
    assert format_source(Source(path.name, formatted)) == (formatted, [])
