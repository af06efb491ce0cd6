"""Words of a text that may be half written: tokens, and the declarations and clauses they begin.

An editor asks while a declaration does not parse. So the surroundings of the cursor are found from
tokens alone: strings and keys end at the end of their line at the latest, a declaration
begins with its word outside of braces or in the first column, and goes on to the next one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from itertools import pairwise

from ptt_rules.language import Source, Span
from ptt_rules.language.syntax import ahead

_TOKEN = re.compile(
    r'(?P<STRING>"""(?:[^\\]|\\(?:.|\Z))*?(?:"""|\Z)|"(?:[^"\\\n]|\\[^\n])*"?)'
    r"|(?P<KEY>`[^`\n]*`?)|(?P<COMMENT>\#[^\n]*)|(?P<NAME>[A-Za-z_]\w*)"
    r"|(?P<NUMBER>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[%x]?)|(?P<SIGN>\.\.|[<>=!]=|->|[^\s\w])",
    re.DOTALL,
)
_HEADS = {
    "detector": "detector x {",
    "override": "override detector x {",
    "override policy": "override policy x {",
    "pack": "pack x 0 {",
    "policy": "policy x {",
    "test": 'test "" {',
}
"""The heads of declarations that have a block."""

_DEPTH = {"{": 1, "}": -1}
_BRACKETS = {"(": 1, "[": 1, ")": -1, "]": -1}


class Sort(Enum):
    STRING = "STRING"
    KEY = "KEY"
    COMMENT = "COMMENT"
    NAME = "NAME"
    NUMBER = "NUMBER"
    SIGN = "SIGN"


@dataclass(frozen=True, slots=True)
class Token:
    sort: Sort
    text: str
    span: Span

    @property
    def quotes(self) -> int:
        """How many characters open a string or key."""
        return 3 if self.text.startswith('"""') else 1

    @property
    def is_closed(self) -> bool:
        """Whether a string or key has its end."""
        quotes = self.text[: self.quotes]
        return len(self.text) >= 2 * len(quotes) and self.text.endswith(quotes)

    def holds(self, offset: int) -> bool:
        """Whether a cursor is inside: of a string between its quotes, of a word at its ends too."""
        if self.sort in (Sort.NAME, Sort.NUMBER):
            return self.span.start <= offset <= self.span.end
        behind = self.sort is Sort.COMMENT or not self.is_closed
        return self.sort is not Sort.SIGN and self.span.start < offset < self.span.end + behind


@dataclass(frozen=True, slots=True)
class Region:
    """A declaration as seen from tokens: its word, its name, its tokens without comments."""

    word: str
    name: Token | None
    tokens: tuple[Token, ...]
    span: Span

    @property
    def replaces_policy(self) -> bool:
        """Whether it is an `override policy`."""
        return [token.text for token in self.tokens[:2]] == ["override", "policy"]

    def before(self, offset: int) -> tuple[Token, ...]:
        """Tokens that end at an offset or before."""
        return tuple(token for token in self.tokens if token.span.end <= offset)


@lru_cache(maxsize=256)
def tokens_of(source: Source) -> tuple[Token, ...]:
    return tuple(
        Token(Sort(match.lastgroup), match.group(), Span(*match.span()))
        for match in _TOKEN.finditer(source.text)
    )


def token_at(source: Source, offset: int) -> Token | None:
    """The token that a cursor is in, if it is in one."""
    return next((token for token in tokens_of(source) if token.holds(offset)), None)


@cache
def item_words() -> tuple[str, ...]:
    """The words that begin declarations."""
    start = ahead("")
    return start.words if start else ()


@cache
def clause_words(word: str) -> frozenset[str]:
    """The words that begin clauses in the block of a declaration."""
    inside = ahead(_HEADS[word]) if word in _HEADS else None
    return frozenset(inside.words if inside else ())


# ---- declarations --------------------------------------------------------------------------


@lru_cache(maxsize=256)
def regions(source: Source) -> tuple[Region, ...]:
    """The declarations of a text, in order."""
    tokens = [token for token in tokens_of(source) if token.sort is not Sort.COMMENT]
    starts = _starts(source, tokens)
    return tuple(
        _region(source, tokens[start:stop]) for start, stop in pairwise([*starts, len(tokens)])
    )


def region_at(source: Source, offset: int) -> Region | None:
    """The declaration that a cursor is in, or after if no other follows."""
    found = [region for region in regions(source) if region.span.start < offset]
    return found[-1] if found else None


def _starts(source: Source, tokens: Sequence[Token]) -> list[int]:
    starts: list[int] = []
    depth = 0
    for index, token in enumerate(tokens):
        depth = max(0, depth + _DEPTH.get(token.text, 0))
        if token.sort is not Sort.NAME or token.text not in item_words():
            continue
        if starts and (starts[-1] == index - 1 or tokens[index - 1].text == "="):
            continue  # the name or the second word of a declaration
        if depth == 0 or _is_in_first_column(source, token):
            starts.append(index)
            depth = 0
    return starts


def _is_in_first_column(source: Source, token: Token) -> bool:
    return token.span.start == 0 or source.text[token.span.start - 1] == "\n"


def _region(source: Source, tokens: Sequence[Token]) -> Region:
    behind = 2 if tokens[0].text == "override" else 1
    name = tokens[behind] if len(tokens) > behind else None
    if name is not None and (name.sort is not Sort.NAME or tokens[0].text == "disable"):
        name = None
    span = Span(tokens[0].span.start, tokens[-1].span.end)
    return Region(tokens[0].text, name, tuple(tokens), span)


# ---- clauses -------------------------------------------------------------------------------


def clause_starts(source: Source, region: Region) -> list[int]:
    """Places among the tokens of a declaration at which a clause of its block begins."""
    words = clause_words("override policy" if region.replaces_policy else region.word)
    starts = []
    brackets = 0
    is_inside = False
    for index, token in enumerate(region.tokens):
        is_first = _is_first_on_line(source, token)
        if is_inside and token.text in words and (is_first or _ends(region, index - 1, brackets)):
            starts.append(index)
            brackets = 0
        brackets += _BRACKETS.get(token.text, 0)
        is_inside = is_inside or token.text == "{"
    return starts


def _is_first_on_line(source: Source, token: Token) -> bool:
    line_start = source.text.rfind("\n", 0, token.span.start) + 1
    return not source.text[line_start : token.span.start].strip()


def _ends(region: Region, index: int, brackets: int) -> bool:
    """Whether a token can end a clause, so that the next one begins another."""
    token = region.tokens[index]
    if brackets > 0:
        return False
    if token.sort is Sort.SIGN:
        return token.text in "{})]"
    return token.sort is not Sort.NAME or token.text not in _OPEN_ENDED


_OPEN_ENDED = frozenset(
    "and or not in let when for until after keep every each suppresses on no with config expect"
    " message action"
    " extends requires algorithms critical high medium low".split()
)
"""Words after which something must follow, so that no clause begins there."""
