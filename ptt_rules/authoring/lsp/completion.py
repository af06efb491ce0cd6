"""Completion at a cursor: words that the grammar accepts there, and fitting names."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lsp.fitting import NameSuggestions
from ptt_rules.authoring.lsp.quoted import suggestions_in_quotes
from ptt_rules.authoring.lsp.suggestion import Sign, Suggestion
from ptt_rules.authoring.lsp.symbols import Names
from ptt_rules.authoring.lsp.tokens import Region, Sort, clause_starts, region_at, token_at
from ptt_rules.language import LEVEL_WORDS, Source, Span
from ptt_rules.language.syntax import Ahead, ahead

_NUMBERS = frozenset({"nan", "inf", "x"})
"""Words among numbers, which are shorter than a choice from a list."""


def completions_at(names: Names, source: Source, offset: int) -> list[Suggestion]:
    token = token_at(source, offset)
    if token is not None and token.sort is Sort.COMMENT:
        return []
    if token is not None and token.sort in (Sort.STRING, Sort.KEY):
        found = suggestions_in_quotes(names, source, token, offset)
    elif token is None or token.sort is Sort.NAME:
        span = token.span if token else Span(offset, offset)
        found = _in_code(names, source, span)
    else:
        found = iter(())
    unique = {(one.text, one.sign): one for one in found}
    return sorted(unique.values(), key=lambda one: (one.rank, one.text))


# ---- in code -------------------------------------------------------------------------------


def _in_code(names: Names, source: Source, span: Span) -> Iterator[Suggestion]:
    region = region_at(source, span.start)
    asked = _asked(source, region, span.start)
    if asked is None:
        return
    words = () if asked.trail[:1] == ("DOT",) else asked.words
    yield from (Suggestion(word, _word_sign(word), span) for word in words if word not in _NUMBERS)
    if "NAME" in asked.terminals:
        yield from NameSuggestions(names, source, region, span).fitting(asked)


def _asked(source: Source, region: Region | None, offset: int) -> Ahead | None:
    """The words that the grammar accepts, even if an earlier clause of the block is wrong."""
    if region is None:
        return ahead("")
    found = ahead(source.slice(Span(region.span.start, offset)))
    if found is not None:
        return found
    starts = [region.tokens[at].span.start for at in clause_starts(source, region)]
    before = [start for start in starts if start < offset]
    heads = [token.span.end for token in region.tokens if token.text == "{"]
    if not heads or heads[0] > offset:
        return None
    head = source.slice(Span(region.span.start, heads[0]))
    return ahead(f"{head} {source.text[before[-1] : offset]}") if before else ahead(head)


def _word_sign(word: str) -> Sign:
    return Sign.LEVEL if word in LEVEL_WORDS else Sign.KEYWORD
