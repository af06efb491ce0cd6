"""Completion inside strings and keys: logged keys, and names in placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ptt_rules.authoring.lsp.fitting import NameSuggestions
from ptt_rules.authoring.lsp.hover import describe
from ptt_rules.authoring.lsp.project import Project
from ptt_rules.authoring.lsp.suggestion import Sign, Suggestion
from ptt_rules.authoring.lsp.symbols import QUANTITIES, Names
from ptt_rules.authoring.lsp.tokens import Region, Sort, Token, region_at
from ptt_rules.language import Source, Span
from ptt_rules.packs import shipped_packs

_OPEN_PLACEHOLDER = re.compile(r"(?<!\{)\{([A-Za-z_]\w*)?\Z")
_TEXT_WORDS = frozenset({"summary", "message", "why", "remedy", "reference"})


def suggestions_in_quotes(
    names: Names, source: Source, token: Token, offset: int
) -> Iterator[Suggestion]:
    region = region_at(source, token.span.start)
    if token.sort is Sort.KEY:
        yield from _keys(names, token, offset, families=False)
    elif region is not None and region.word == "metric":
        before = region.before(token.span.start)
        if before and before[-1].text in ("=", ","):
            is_family = any(part.text == "[" for part in before)
            yield from _keys(names, token, offset, families=is_family)
    elif region is not None and region.before(token.span.start)[-1:]:
        word = region.before(token.span.start)[-1].text
        if word in _TEXT_WORDS:
            yield from _placeholders(names, source, region, token, offset)


def _keys(names: Names, token: Token, offset: int, *, families: bool) -> Iterator[Suggestion]:
    """Keys that are known to be logged; patterns of families only in families."""
    stop = token.span.end - token.quotes if token.is_closed else offset
    span = Span(token.span.start + token.quotes, stop)
    if not span.start <= offset <= span.end:
        return  # the cursor is among the quotes
    for key, about in {**_shipped_keys(), **_own_keys(names)}.items():
        if families or "{" not in key:
            yield Suggestion(key, Sign.KEY, span, about)


def _own_keys(names: Names) -> dict[str, str]:
    return {key: describe(names, symbol) for key, symbol in names.logged_keys()}


@cache
def _shipped_keys() -> dict[str, str]:
    """Keys that metrics of the shipped packs read."""
    found: dict[str, str] = {}
    for name in shipped_packs():
        found.update(_own_keys(Names(Project().shipped(name))))
    return found


def _placeholders(
    names: Names, source: Source, region: Region, token: Token, offset: int
) -> Iterator[Suggestion]:
    match = _OPEN_PLACEHOLDER.search(source.text, token.span.start, offset)
    if match is None:
        return
    span = Span(offset - len(match[1] or ""), offset)
    for name, symbol in names.inside(source, region).items():
        yield Suggestion(name, Sign.LOCAL, span, describe(names, symbol))
    yield from NameSuggestions(names, source, region, span).quantities(*QUANTITIES)
