"""The grammar as a grammar."""

from __future__ import annotations

import logging
import re

import pytest
from lark import Lark, logger

from tests.conftest import ROOT

GRAMMAR = (ROOT / "grammar" / "ptt.lark").read_text()


def test_the_grammar_is_lalr_1_without_conflicts(caplog: pytest.LogCaptureFixture) -> None:
    logger.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.DEBUG, logger=logger.name):
            Lark(GRAMMAR, parser="lalr", lexer="contextual", start="module", debug=True)
    finally:
        logger.removeHandler(caplog.handler)
    assert "onflict" not in caplog.text


def test_only_the_words_of_operators_are_reserved() -> None:
    reserved = re.findall(r"^_?(\w+)\.3: /[a-z]+\\b/", GRAMMAR, re.MULTILINE)
    assert sorted(reserved) == ["AND", "IN", "NOT", "OR"]
