"""The grammar as a grammar: LALR(1) without conflicts, every production a tree class."""

from __future__ import annotations

import re

from lark import Lark

from tests.conftest import ROOT

GRAMMAR = (ROOT / "grammar" / "ptt.lark").read_text()


def test_the_grammar_is_lalr_1() -> None:
    parser = Lark(GRAMMAR, parser="lalr", lexer="contextual", start="module", strict=False)
    assert parser.parse('metric high: ratio = "clip_ratio/high_mean"').data == "module"


def test_only_the_words_of_operators_are_reserved() -> None:
    reserved = re.findall(r"^_?(\w+)\.3: /[a-z]+\\b/", GRAMMAR, re.MULTILINE)
    assert sorted(reserved) == ["AND", "IN", "NOT", "OR"]
