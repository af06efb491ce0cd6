"""The TextMate grammar of `.ptt`, made from the terminals of `ptt.lark` and the tables of words.

A TextMate grammar sees one line and no parse: a word of a clause is taken for a name where an
operator or bracket follows, and after a dot.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ptt_rules.language.functions import function_words
from ptt_rules.language.syntax.lookahead import keywords
from ptt_rules.language.types import UNIT_WORDS, Quantity

NAME = "[A-Za-z_][A-Za-z0-9_]*"
DOTTED = rf"{NAME}(?:\.{NAME})*"
VERSION = r"[0-9]+(?:\.[0-9]+)*(?:[A-Za-z0-9.+-]*[A-Za-z0-9])?"
NO_NAME = r"(?!\s*(?:[=<>!*/+,:)\].]|-(?!>)|\[))"
"""Not before what only follows a name in an expression or series."""

IN_NO_CALL = r"(?!\s*\)(?!\s*(?:x\b|,|$)))"
"""Before a bracket that closes only where a group of samples does."""

SCOPES = {
    "keyword.declaration": "_PACK _METRIC _DERIVE _PARAM _DETECTOR _POLICY _WITH_POLICY _TEST"
    " _OVERRIDE _DISABLE _LET",
    "keyword.other.clause": "_TITLE _ALGORITHMS _REQUIRES _EXTENDS _BECAUSE _FOR _EXCEPT"
    " _WHEN _AFTER _UNTIL _KEEP _AGAIN _EVERY _JUDGED _ROW _SUPPRESSES _SHADOW TEXT_WORD _ON _AT"
    " _THEN _WITH _CONFIG _RUN _SIBLINGS _RESUME _FROM _REPLAY _EXPECT _RESOLVES CHANGE"
    " _TIMES_WORD _IS _MESSAGE _SILENCE _NO _ACTION",
    "keyword.other.clause.each": "_EACH",
    "keyword.other.clause.most": "_MOST",
    "keyword.other.action": "PLAIN_ACTION _PAUSE _NOTIFY _SET _RESET _ROLLBACK _TO",
    "keyword.other.action.best": "BEST_BY",
    "keyword.other.window": "_FIRST _ALL _DECAY _BEFORE",
    "keyword.other.unit": "SPAN_UNIT MEASURE",
    "keyword.operator.word": "_AND _OR _NOT _IN",
    "keyword.operator.series": "_X _OVER",
    "constant.language.level": "LEVEL",
    "constant.language.number": "SPECIAL",
}
"""The scope of each terminal that is a word."""

SCOPE_OF = {terminal: scope for scope, names in SCOPES.items() for terminal in names.split()}

AROUND = {
    "keyword.other.window": (r"(?:(?<=\[)|(?<=\.\.)|(?<=[0-9A-Za-z_] ))", r"(?=[^\[\]{}()]*\])"),
    "keyword.other.unit": (r"(?<=[0-9])\s*", ""),
    "keyword.operator.series": (r"(?<=[\s0-9])", r"(?=\s+[0-9])"),
    "keyword.operator.word": ("", ""),
    "constant.language.level": (r"(?:(?<=\.)|\b)", NO_NAME),
    "keyword.other.action.best": (r"(?<=\bto )", ""),
    # `for each x` and `x[each]`; `at most 2 times`: `let most = ...` is a name
    "keyword.other.clause.each": (r"(?:(?<=\bfor )|(?<=\[))", ""),
    "keyword.other.clause.most": (r"(?<=\bat )", ""),
    # a group of samples may end with one
    "constant.language.number": ("", NO_NAME.replace(",:)", ":") + IN_NO_CALL),
}
"""What must stand before and behind the words of a scope, where it is not `NO_NAME`."""


def grammar() -> dict[str, Any]:
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "ptt",
        "scopeName": "source.ptt",
        "fileTypes": ["ptt"],
        "patterns": [{"include": f"#{part}"} for part in _repository()],
        "repository": _repository(),
    }


def written() -> str:
    return json.dumps(grammar(), indent=2, ensure_ascii=False) + "\n"


def _repository() -> dict[str, Any]:
    inside = [
        _match(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", "constant.character.escape"),
        _match(r"\{\{|\}\}", "constant.character.escape.brace"),
        _match(
            rf"(\{{)({NAME})(?:(:)([^{{}}\"]*))?(\}})",
            "meta.placeholder",
            "punctuation.section.placeholder",
            "variable.other.placeholder",
            "punctuation.separator.format",
            "constant.other.format",
            "punctuation.section.placeholder",
        ),
    ]
    return {
        "comments": _match("#.*$", "comment.line.number-sign"),
        "long-strings": _region('"""', '"""', "string.quoted.triple", inside),
        "strings": _region('"', '"|$', "string.quoted.double", inside),
        "keys": _match(r"`[^`]+`", "string.quoted.other.key"),
        "declarations": {"patterns": _declarations()},
        "units": _match(rf"(:)\s*({_any(UNIT_WORDS)})\b", "", "punctuation", "support.type.unit"),
        "functions": _match(rf"\b(?:{_any(function_words())})(?=\s*\()", "support.function"),
        "arguments": _match(
            rf"\b(config|run)\.({NAME})", "", "variable.language.config", "variable.other.member"
        ),
        "words": {"patterns": [_words(scope) for scope in SCOPES]},
        "numbers": _match(
            r"(?<![\w.])[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+|%|x\b)?", "constant.numeric"
        ),
        "positions": _match(
            rf"\b(?:{_any(quantity.value for quantity in Quantity)})\b", "variable.language"
        ),
        "names": _match(rf"\b{NAME}\b", "variable.other"),
        "operators": {
            "patterns": [
                _match("[<>=!]=|[<>]", "keyword.operator.comparison"),
                _match(r"->|~|\.\.", "keyword.operator.range"),
                _match("[-+*/]", "keyword.operator.arithmetic"),
                _match("=", "keyword.operator.assignment"),
            ]
        },
    }


def _declarations() -> list[dict[str, Any]]:
    named = {"metric": "field", "derive": "field", "param": "constant", "policy": "section"}
    plain = [
        _match(rf"\b({word})\s+({NAME})", "", "keyword.declaration", f"entity.name.{what}")
        for word, what in (named | {"detector": "class"}).items()
    ]
    return [
        _match(
            rf"\b(pack)\s+({NAME})\s+({VERSION})",
            "",
            "keyword.declaration",
            "entity.name.namespace",
            "constant.other.version",
        ),
        _match(
            rf"\b(override)\s+(detector|policy|param)\s+({DOTTED})",
            "",
            "keyword.declaration",
            "keyword.declaration",
            "entity.other.inherited",
        ),
        _match(rf"\b(disable)\s+({DOTTED})", "", "keyword.declaration", "entity.other.inherited"),
        _match(
            rf"\b(let)\s+({NAME})\s*(=)",
            "",
            "keyword.declaration",
            "variable.other.let",
            "keyword.operator.assignment",
        ),
        *plain,
    ]


def _words(scope: str) -> dict[str, Any]:
    known = keywords()
    words = {word for name in SCOPES[scope].split() for word in known[name]}
    before, behind = AROUND.get(scope, (r"(?<!\.)", NO_NAME))
    return _match(rf"{before}\b({_any(words)})\b{behind}".replace(r"\b\b", r"\b"), "", scope)


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words))


def _match(pattern: str, scope: str, *groups: str) -> dict[str, Any]:
    found: dict[str, Any] = {"match": pattern}
    if scope:
        found["name"] = f"{scope}.ptt"
    if groups:
        found["captures"] = {str(n): {"name": f"{g}.ptt"} for n, g in enumerate(groups, start=1)}
    return found


def _region(begin: str, end: str, scope: str, inside: list[dict[str, Any]]) -> dict[str, Any]:
    return {"begin": begin, "end": end, "name": f"{scope}.ptt", "patterns": inside}
