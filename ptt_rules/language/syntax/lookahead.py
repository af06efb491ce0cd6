"""The words that the grammar allows next: for editors, which ask in the middle of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lark import Token, Tree
from lark.exceptions import UnexpectedInput

from ptt_rules.language.syntax.parser import grammar

_PLAIN_WORDS = re.compile(r"\(?([A-Za-z]+(?:\|[A-Za-z]+)*)\)?\\b")
_AHEAD = re.compile(r"\(\?[!=][\s\S]*\)\Z")


@dataclass(frozen=True, slots=True)
class Ahead:
    """The possible continuations of a text: terminals of the grammar by name, and their keywords.

    `trail` is what was read before and is not yet complete, the newest first: names of
    terminals and of productions.
    """

    terminals: frozenset[str]
    words: tuple[str, ...]
    trail: tuple[str, ...]


def ahead(text: str) -> Ahead | None:
    """The continuations of a text that begins with a declaration; None if the text itself is
    wrong."""
    lark, table = grammar()
    parser = lark.parse_interactive(text)
    try:
        parser.exhaust_lexer()
    except UnexpectedInput:
        return None
    terminals = table.accepted(parser.parser_state.state_stack)
    words = tuple(word for name in sorted(terminals) for word in keywords().get(name, ()))
    values = reversed(parser.parser_state.value_stack)
    return Ahead(terminals, words, tuple(_names(values)))


def _names(values: Iterator[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, Token):
            yield value.type
        elif isinstance(value, Tree):
            yield str(value.data)


@cache
def keywords() -> dict[str, tuple[str, ...]]:
    """The words of each terminal that is a keyword, or one of several."""
    found = {}
    for terminal in grammar()[0].terminals:
        match = _PLAIN_WORDS.fullmatch(_AHEAD.sub("", terminal.pattern.value))
        if match:
            found[terminal.name] = tuple(match[1].split("|"))
    return found
