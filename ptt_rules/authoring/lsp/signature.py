"""The call that a cursor is in: how its function is written, and which operand comes."""

from __future__ import annotations

from dataclasses import dataclass

from ptt_rules.authoring.lsp.hover import about_function, example_of
from ptt_rules.authoring.lsp.tokens import Region, Sort, Token, region_at, token_at
from ptt_rules.language import Source
from ptt_rules.language.functions import function_words

_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


@dataclass(frozen=True, slots=True)
class Signature:
    """A call as it is written, the operands in it as parts of its text, and the present one."""

    call: str
    operands: tuple[tuple[int, int], ...]
    present: int
    markdown: str


def signature_at(source: Source, offset: int) -> Signature | None:
    region = region_at(source, offset)
    token = token_at(source, offset)
    if region is None or (token is not None and token.sort in (Sort.STRING, Sort.COMMENT)):
        return None
    found = _call_around(region, offset)
    if found is None:
        return None
    word, present = found
    call = example_of(word)
    operands = _operands(call)
    return Signature(call, operands, min(present, len(operands) - 1), about_function(word))


def _call_around(region: Region, offset: int) -> tuple[str, int] | None:
    """The innermost function whose brackets are open at an offset, and how many commas are in."""
    stack: list[tuple[Token | None, int]] = []
    before: Token | None = None
    for token in region.before(offset):
        if token.text in _OPENING:
            stack.append((before if token.text == "(" else None, 0))
        elif token.text in _CLOSING and stack:
            stack.pop()
        elif token.text == "," and stack:
            opened, commas = stack.pop()
            stack.append((opened, commas + 1))
        before = token
    for opened, commas in reversed(stack):
        if opened is not None and opened.text in function_words():
            return opened.text, commas
    return None


def _operands(call: str) -> tuple[tuple[int, int], ...]:
    """Where the operands of a written call begin and end in its text."""
    found, depth, start = [], 0, call.index("(") + 1
    for at, sign in enumerate(call):
        if sign in _OPENING:
            depth += 1
        elif sign in _CLOSING:
            depth -= 1
        if (sign == "," and depth == 1) or (at == len(call) - 1):
            found.append((start, at))
            start = at + 2
    return tuple(found)
