"""The committed TextMate grammar: up to date, complete, and right about what editors colour."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ptt_rules.language.resources import grammar_path, rulepacks_path
from ptt_rules.language.syntax import parser
from ptt_rules.language.syntax.lookahead import keywords
from tests.conftest import ROOT
from tests.editors.textmate import SCOPE_OF, grammar, written
from tests.editors.tokenizer import placed_scopes, scopes

FILE = grammar_path() / "ptt.tmLanguage.json"

CLAUSE, DECLARATION = "keyword.other.clause", "keyword.declaration"

CASES: list[tuple[str, list[tuple[str, str]]]] = [
    ("# high when", [("# high when", "comment.line.number-sign")]),
    (
        'metric high: nats in 0.. = "a/b"',
        [
            ("metric", DECLARATION),
            ("high", "entity.name.field"),
            (":", "punctuation"),
            ("nats", "support.type.unit"),
            ("in", "keyword.operator.word"),
            ("0", "constant.numeric"),
            ("..", "keyword.operator.range"),
            ("=", "keyword.operator.assignment"),
            ('"', "string.quoted.double"),
            ("a/b", "string.quoted.double"),
            ('"', "string.quoted.double"),
        ],
    ),
    (
        "high when high > 50% and mean(set[first 30]) < 2.5x",
        [
            ("high", "constant.language.level"),
            ("when", CLAUSE),
            ("high", "variable.other"),
            (">", "keyword.operator.comparison"),
            ("50%", "constant.numeric"),
            ("and", "keyword.operator.word"),
            ("mean", "support.function"),
            ("set", "variable.other"),
            ("first", "keyword.other.window"),
            ("30", "constant.numeric"),
            ("<", "keyword.operator.comparison"),
            ("2.5x", "constant.numeric"),
        ],
    ),
    (
        'message "a {now:.3f} \\n {{"',
        [
            ("message", CLAUSE),
            ('"', "string.quoted.double"),
            ("a ", "string.quoted.double"),
            ("{", "punctuation.section.placeholder"),
            ("now", "variable.other.placeholder"),
            (":", "punctuation.separator.format"),
            (".3f", "constant.other.format"),
            ("}", "punctuation.section.placeholder"),
            ("\\n", "constant.character.escape"),
            ("{{", "constant.character.escape.brace"),
            ('"', "string.quoted.double"),
        ],
    ),
    (
        'why """one\nhigh "two" """ for 3',
        [
            ("why", CLAUSE),
            ('"""', "string.quoted.triple"),
            ("one", "string.quoted.triple"),
            ('high "two" ', "string.quoted.triple"),
            ('"""', "string.quoted.triple"),
            ("for", CLAUSE),
            ("3", "constant.numeric"),
        ],
    ),
    (
        'title "not closed\nshadow',
        [
            ("title", CLAUSE),
            ('"', "string.quoted.double"),
            ("not closed", "string.quoted.double"),
            ("shadow", CLAUSE),
        ],
    ),
    (
        "let n = `a/b` - config.beta",
        [
            ("let", DECLARATION),
            ("n", "variable.other.let"),
            ("=", "keyword.operator.assignment"),
            ("`a/b`", "string.quoted.other.key"),
            ("-", "keyword.operator.arithmetic"),
            ("config", "variable.language.config"),
            ("beta", "variable.other.member"),
        ],
    ),
    (
        'on a["x"].high resolves except b when step > 1 every 10 min { set lr = step  stop } '
        "at most 2 times then { reset lr  rollback to lowest a }",
        [
            ("on", CLAUSE),
            ("a", "variable.other"),
            ('"', "string.quoted.double"),
            ("x", "string.quoted.double"),
            ('"', "string.quoted.double"),
            ("high", "constant.language.level"),
            ("resolves", CLAUSE),
            ("except", CLAUSE),
            ("b", "variable.other"),
            ("when", CLAUSE),
            ("step", "variable.language"),
            (">", "keyword.operator.comparison"),
            ("1", "constant.numeric"),
            ("every", CLAUSE),
            ("10", "constant.numeric"),
            ("min", "keyword.other.unit"),
            ("set", "keyword.other.action"),
            ("lr", "variable.other"),
            ("=", "keyword.operator.assignment"),
            ("step", "variable.language"),
            ("stop", "keyword.other.action"),
            ("at", CLAUSE),
            ("most", "keyword.other.clause.most"),
            ("2", "constant.numeric"),
            ("times", CLAUSE),
            ("then", CLAUSE),
            ("reset", "keyword.other.action"),
            ("lr", "variable.other"),
            ("rollback", "keyword.other.action"),
            ("to", "keyword.other.action"),
            ("lowest", "keyword.other.action.best"),
            ("a", "variable.other"),
        ],
    ),
    (
        "x = 2.0 x 60, 2 -> 1 over 4, nan, 1 ~ 2",
        [
            ("x", "variable.other"),
            ("=", "keyword.operator.assignment"),
            ("2.0", "constant.numeric"),
            ("x", "keyword.operator.series"),
            ("60", "constant.numeric"),
            ("2", "constant.numeric"),
            ("->", "keyword.operator.range"),
            ("1", "constant.numeric"),
            ("over", "keyword.operator.series"),
            ("4", "constant.numeric"),
            ("nan", "constant.language.number"),
            ("1", "constant.numeric"),
            ("~", "keyword.operator.range"),
            ("2", "constant.numeric"),
        ],
    ),
    (
        "all(a[all]) or a[20 before 5] + a[15 min]",
        [
            ("all", "support.function"),
            ("a", "variable.other"),
            ("all", "keyword.other.window"),
            ("or", "keyword.operator.word"),
            ("a", "variable.other"),
            ("20", "constant.numeric"),
            ("before", "keyword.other.window"),
            ("5", "constant.numeric"),
            ("+", "keyword.operator.arithmetic"),
            ("a", "variable.other"),
            ("15", "constant.numeric"),
            ("min", "keyword.other.unit"),
        ],
    ),
    (
        'pack a 1.0.0 { extends grpo "~=1.0" }',
        [
            ("pack", DECLARATION),
            ("a", "entity.name.namespace"),
            ("1.0.0", "constant.other.version"),
            ("extends", CLAUSE),
            ("grpo", "variable.other"),
            ('"', "string.quoted.double"),
            ("~=1.0", "string.quoted.double"),
            ('"', "string.quoted.double"),
        ],
    ),
    (
        'disable grpo.flat because "x"',
        [
            ("disable", DECLARATION),
            ("grpo.flat", "entity.other.inherited"),
            ("because", CLAUSE),
            ('"', "string.quoted.double"),
            ("x", "string.quoted.double"),
            ('"', "string.quoted.double"),
        ],
    ),
    (
        "override detector flat { after 50 steps low when a >= 1e-4 }",
        [
            ("override", DECLARATION),
            ("detector", DECLARATION),
            ("flat", "entity.other.inherited"),
            ("after", CLAUSE),
            ("50", "constant.numeric"),
            ("steps", "keyword.other.unit"),
            ("low", "constant.language.level"),
            ("when", CLAUSE),
            ("a", "variable.other"),
            (">=", "keyword.operator.comparison"),
            ("1e-4", "constant.numeric"),
        ],
    ),
]


def regexes(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (node[key] for key in ("match", "begin", "end") if key in node)
        for child in node.values():
            yield from regexes(child)
    elif isinstance(node, list):
        for child in node:
            yield from regexes(child)


def test_the_committed_grammar_is_up_to_date() -> None:
    if os.environ.get("PTT_REWRITE_GOLDEN"):
        FILE.write_text(written(), encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == written(), "run with PTT_REWRITE_GOLDEN=1"


def test_every_word_of_the_grammar_has_a_scope() -> None:
    assert set(SCOPE_OF) == set(keywords())


def test_every_regular_expression_compiles() -> None:
    found = list(regexes(json.loads(written())))
    assert len(found) > 20
    for pattern in found:
        re.compile(pattern)


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[case[0] for case in CASES])
def test_scopes(text: str, expected: list[tuple[str, str]]) -> None:
    assert scopes(grammar(), text) == expected


@pytest.mark.parametrize(
    "path",
    [*sorted(rulepacks_path().glob("*/*.ptt")), ROOT / "tests" / "golden" / "taste.ptt"],
    ids=lambda path: "/".join(path.parts[-2:]),
)
def test_editors_and_parser_take_the_same_words_for_keywords(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lark, _ = parser.grammar()
    interactive = lark.parse_interactive(text)
    known = {at: scope for at, _, scope in placed_scopes(grammar(), text)}
    before = ""
    for token in interactive.exhaust_lexer():
        if token.type in SCOPE_OF:
            assert (str(token), known[token.start_pos]) == (str(token), SCOPE_OF[token.type])
        elif token.type == "NAME" and before != "_ACTION":  # `expect action stop` names an action
            assert not known[token.start_pos].startswith("keyword"), token
        before = token.type
