"""The meaning of the word under a cursor: a declared name, or a word of the language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from ptt_rules.authoring.lsp.symbols import Names, Symbol
from ptt_rules.authoring.lsp.tokens import Region, Sort, Token, region_at, token_at
from ptt_rules.language import LEVEL_WORDS, RUN_FACTS, UNIT_WORDS, Quantity, Source, Span
from ptt_rules.language.functions import OF_DETECTORS, function_words

_PLACEHOLDER = re.compile(r"(?<!\{)\{(?P<name>[A-Za-z_]\w*)(?=[}:!])")
_POSITIONS = frozenset(quantity.value for quantity in Quantity)
_OF_DETECTORS = frozenset({"suppresses", "on", "except", "disable", "no", "override", "message"})
_OF_TARGETS = frozenset({"on", "except"})


class Word(Enum):
    """Sorts of words that the language itself gives a meaning."""

    FUNCTION = "function"
    UNIT = "unit"
    LEVEL = "level"
    POSITION = "position"
    ARGUMENT = "argument"
    FACT = "fact"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Meaning:
    """The meaning at a span: a symbol, or a word of the language, or a key that metrics read."""

    span: Span
    symbol: Symbol | None = None
    word: Word | None = None
    text: str = ""


def meaning_at(names: Names, source: Source, offset: int) -> Meaning | None:
    token = token_at(source, offset)
    region = region_at(source, token.span.end) if token else None
    if token is None or region is None:
        return None
    if token.sort is Sort.STRING:
        return _placeholder(names, source, region, token, offset)
    if token.sort is Sort.KEY:
        return _key(names, token)
    if token.sort is not Sort.NAME or token not in region.tokens:
        return None
    return _of_name(names, source, region, region.tokens.index(token))


def _placeholder(
    names: Names, source: Source, region: Region, token: Token, offset: int
) -> Meaning | None:
    for name, span in placeholders(token):
        if span.start <= offset <= span.end:
            return _quantity(names, source, region, name, span)
    return None


def placeholders(token: Token) -> Iterator[tuple[str, Span]]:
    """The names in the placeholders of a text, and where they stand."""
    for match in _PLACEHOLDER.finditer(token.text):
        start = token.span.start + match.start("name")
        yield match["name"], Span(start, start + len(match["name"]))


def _key(names: Names, token: Token) -> Meaning:
    key = token.text.strip("`")
    metric = next((symbol for known, symbol in names.logged_keys() if known == key), None)
    return Meaning(token.span, metric, Word.KEY, key)


def _of_name(names: Names, source: Source, region: Region, index: int) -> Meaning | None:
    token = region.tokens[index]
    if token == region.name and region.word != "override":
        return _declared_here(names, source, token)
    before, behind = _text(region, index - 1), _text(region, index + 1)
    if before == "." or behind == ".":
        return _dotted(names, region, index)
    if region.word == "pack" and before == "extends":
        return _symbol(names.packs.get(token.text), token)
    if before == ":" and region.word in ("metric", "derive", "param"):
        return _if(token.text in UNIT_WORDS, Word.UNIT, token)
    if token.text in LEVEL_WORDS and (
        behind == "when" or _clause_word(region, index) in _OF_TARGETS
    ):
        return Meaning(token.span, None, Word.LEVEL, token.text)
    if behind == "(" and token.text in function_words():
        return Meaning(token.span, None, Word.FUNCTION, token.text)
    if region.replaces_policy and token == region.name:
        return _symbol(names.policies.get(token.text), token)
    if before == "(" and _text(region, index - 2) == OF_DETECTORS.word:
        return _symbol(names.detectors.get(token.text), token)
    if _clause_word(region, index) in _OF_DETECTORS and token.text in names.detectors:
        return _symbol(names.detectors[token.text], token)
    return _quantity(names, source, region, token.text, token.span)


def _declared_here(names: Names, source: Source, token: Token) -> Meaning | None:
    for symbol in names.owners:
        if symbol.name_span == token.span and symbol.source == source:
            return Meaning(token.span, symbol)
    return None


def _dotted(names: Names, region: Region, index: int) -> Meaning | None:
    """A word of `config.NAME`, `run.NAME`, `detector.level` or `pack.detector.level`."""
    token = region.tokens[index]
    if _text(region, index - 2) == "]":  # `detector["name"].level`
        return _if(token.text in LEVEL_WORDS, Word.LEVEL, token)
    first = index
    while first >= 2 and _text(region, first - 1) == ".":
        first -= 2
    head = [part.text for part in region.tokens[first : index + 1 : 2]]
    if head[0] == "config":
        is_member = len(head) == 2
        return _if(is_member, Word.ARGUMENT, token)
    if head[0] == "run":
        return _if(len(head) == 2 and token.text in RUN_FACTS, Word.FACT, token)
    dotted = ".".join(head)
    known = names.policies if region.replaces_policy and first == 2 else names.detectors
    symbol = known.get(dotted) or names.quantities.get(dotted)
    if symbol is None and len(head) == 1:
        symbol = names.packs.get(dotted)
    if symbol is None and ".".join(head[:-1]) in names.detectors:
        return _if(token.text in LEVEL_WORDS, Word.LEVEL, token)
    return _symbol(symbol, token)


def _quantity(
    names: Names, source: Source, region: Region, word: str, span: Span
) -> Meaning | None:
    """A name in an expression or text; a detector's where no quantity is called so."""
    inside = names.inside(source, region)
    symbol = inside.get(word) or names.quantities.get(word) or names.detectors.get(word)
    if symbol is not None:
        return Meaning(span, symbol)
    return Meaning(span, None, Word.POSITION, word) if word in _POSITIONS else None


def _clause_word(region: Region, index: int) -> str:
    """The word before a name or before the list that it is in."""
    at = index - 1
    while at >= 2 and _text(region, at) in (",", "."):
        at -= 1
        at -= 4 if _text(region, at) == "]" else 1  # an instance is `["name"]`
    if _text(region, at) == "detector":
        at -= 1
    return _text(region, at)


def _text(region: Region, index: int) -> str:
    return region.tokens[index].text if 0 <= index < len(region.tokens) else ""


def _symbol(symbol: Symbol | None, token: Token) -> Meaning | None:
    return None if symbol is None else Meaning(token.span, symbol)


def _if(holds: bool, word: Word, token: Token) -> Meaning | None:
    return Meaning(token.span, None, word, token.text) if holds else None
