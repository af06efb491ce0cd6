"""Colours of `.ptt` on the site, by the TextMate grammar that editors use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pygments.lexer import Lexer
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
    _TokenType,
)

GRAMMAR = Path(__file__).resolve().parents[2] / "grammar" / "ptt.tmLanguage.json"
KINDS = {
    "comment": Comment,
    "constant.character": String.Escape,
    "constant.language": Keyword.Constant,
    "constant.numeric": Number,
    "constant.other.version": Number,
    "entity.name": Name.Class,
    "entity.other": Name.Class,
    "keyword.operator.word": Operator.Word,
    "keyword.operator": Operator,
    "keyword": Keyword,
    "meta.placeholder": String.Interpol,
    "punctuation": Punctuation,
    "string": String,
    "support.function": Name.Builtin,
    "support.type": Keyword.Type,
}
"""Scopes of the grammar by how they begin, the longer ones first, as tokens of Pygments."""

Rule = dict[str, Any]


def kind_of(scope: str) -> _TokenType:
    return next((kind for begins, kind in KINDS.items() if scope.startswith(begins)), Text)


@cache
def grammar() -> Rule:
    loaded: Rule = json.loads(GRAMMAR.read_text(encoding="utf-8"))
    return loaded


def rules(patterns: list[Rule]) -> Iterator[Rule]:
    """The rules that have a pattern of their own, in the order in which they are tried."""
    for rule in patterns:
        one = grammar()["repository"][rule["include"][1:]] if "include" in rule else rule
        if "match" in one or "begin" in one:
            yield one
        else:
            yield from rules(one["patterns"])


class PttLexer(Lexer):
    """Comments, texts, words and numbers of a `.ptt` file."""

    name = "ptt"
    aliases = ("ptt",)
    filenames = ("*.ptt",)

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, _TokenType, str]]:
        tried = [
            (re.compile(rule.get("match") or rule["begin"], re.MULTILINE), rule)
            for rule in rules(grammar()["patterns"])
        ]
        at = 0
        while at < len(text):
            found = [(match, rule) for one, rule in tried if (match := one.search(text, at))]
            if not found:
                break
            match, rule = min(found, key=lambda one: one[0].start())
            yield at, Text, text[at : match.start()]
            yield from _tokens(text, match, rule)
            at = max(_end(text, match, rule), at + 1)
        yield at, Text, text[at:]


def _end(text: str, match: re.Match[str], rule: Rule) -> int:
    """Where the text of a rule ends that has a beginning and an end of its own."""
    if "end" not in rule:
        return match.end()
    escaped = rf"(?:\\.|(?!{rule['end']})[\s\S])*(?:{rule['end']})"
    closed = re.compile(escaped, re.MULTILINE).match(text, match.end())
    return closed.end() if closed else len(text)


def _tokens(text: str, match: re.Match[str], rule: Rule) -> Iterator[tuple[int, _TokenType, str]]:
    if "captures" not in rule:
        yield match.start(), kind_of(rule["name"]), text[match.start() : _end(text, match, rule)]
        return
    at = match.start()
    for number, capture in rule["captures"].items():
        start, end = match.span(int(number))
        if start >= at:
            yield at, Text, text[at:start]
            yield start, kind_of(capture["name"]), text[start:end]
            at = end
    yield at, Text, text[at : match.end()]
