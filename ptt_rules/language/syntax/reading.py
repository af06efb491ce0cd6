"""One piece of a source being read by lark's parser, whose stack can be looked at and cut."""

from __future__ import annotations

from typing import Any

from lark import Lark, TextSlice, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.lexer import LexerThread
from lark.parsers.lalr_parser_state import ParserState

from ptt_rules.language.source import Source, Span
from ptt_rules.language.syntax.blocks import BlockTable, starts_line
from ptt_rules.language.syntax.mistakes import Unexpected, found_at

MAX_OPEN = 1000
"""How many words and parts may wait on the parser's stack for what closes them."""

_END = "$END"
_OPENING = {"RPAR": "LPAR", "RSQB": "LSQB"}


class TooDeep(Exception):
    """Nesting that no expression needs, whose reading would only cost time."""

    def __init__(self, span: Span) -> None:
        super().__init__("nested too deep")
        self.span = span


class Reading:
    """The parser's place in a piece.

    `previous` and `before_previous` are where the last two tokens stand that fitted.
    """

    def __init__(self, lark: Lark, table: BlockTable, source: Source, piece: Span) -> None:
        self.source, self.piece = source, piece
        self.previous = self.before_previous = Span(piece.start, piece.start)
        self.previous_type = ""
        self._table = table
        self._parser = lark.parse_interactive(TextSlice(source.text, 0, piece.end))
        self._state = self._parser.parser_state
        self.seek(piece.start)

    # ---- going on --------------------------------------------------------------------------

    def to_end(self) -> Tree[Token]:
        """Reads the rest; raises lark's `UnexpectedInput` at what does not fit."""
        self._read(self._parser.lexer_thread)
        end = Token(_END, "", self.piece.end, end_pos=self.piece.end)
        self._check(end)
        module: Tree[Token] = self._state.feed_token(end, True)
        return module

    def feed(self, text: str, span: Span) -> None:
        """Reads a text that is not in the source as if it stood at a place of it."""
        self._read(LexerThread.from_text(self._parser.lexer_thread.lexer, text), span)

    def seek(self, offset: int) -> None:
        lexer = self._parser.lexer_thread.state
        assert lexer is not None
        lexer.line_ctr.char_pos = offset

    def _read(self, lexer: LexerThread, place: Span | None = None) -> None:
        for token in lexer.lex(self._state):  # type: ignore[no-untyped-call]
            if place is not None:
                token.start_pos, token.end_pos = place.start, place.end
            self._check(token)
            feed(self._state, token)
            self.before_previous, self.previous = self.previous, _span(token)
            self.previous_type = token.type

    def _check(self, token: Token) -> None:
        """Stops before a token that does not fit, with the stack as it was."""
        if not self._table.fits(self._state.state_stack, token.type):
            raise UnexpectedToken(token, set())  # type: ignore[no-untyped-call]

    # ---- looking ---------------------------------------------------------------------------

    def unexpected(self, error: UnexpectedInput) -> Unexpected:
        start = where(error)
        declaration = self.declaration()
        blocks = self.blocks()
        is_first = starts_line(self.source.text, start)
        return Unexpected(
            self.source,
            self.piece,
            found_at(self.source.text, start, self.piece.end),
            self._table.accepted(self._state.state_stack),
            previous=self.previous,
            previous_type=self.previous_type,
            declaration="" if declaration is None else str(declaration),
            opened=self._opened(),
            begins_nothing=isinstance(error, UnexpectedCharacters),
            is_first=is_first,
            is_in_block=bool(blocks),
            leaves_block=is_first and any(self.begins(b, start, is_first=True) for b in blocks[1:]),
        )

    def blocks(self) -> list[int]:
        """Sizes of the stack at which a clause of an open block can begin, the inner one first."""
        return self._table.open_blocks(self._state.state_stack, self._state.value_stack)

    def begins(self, block: int, offset: int, *, is_first: bool) -> bool:
        """Whether a clause of a block begins at a word."""
        state = self._state.state_stack[block]
        return self._table.begins(
            state, self.source.text, offset, self.piece.end, is_first=is_first
        )

    def declaration(self) -> Token | None:
        """The first word of the declaration that is being read."""
        tokens = (value for value in self._state.value_stack if isinstance(value, Token))
        return next(tokens, None)

    def _opened(self) -> Span | None:
        """The innermost bracket of an expression that is not closed."""
        closed = 0
        for value in reversed(self._state.value_stack):
            if not isinstance(value, Token):
                continue
            if value.type in _OPENING:
                closed += 1
            elif value.type in _OPENING.values():
                if not closed:
                    return _span(value)
                closed -= 1
        return None

    # ---- cutting ---------------------------------------------------------------------------

    def cut(self, size: int) -> int | None:
        """Takes off the stack what is above a size; gives the offset where that began."""
        removed = self._state.value_stack[size:]
        del self._state.value_stack[size:], self._state.state_stack[size + 1 :]
        return start_of(removed[0]) if removed else None

    def cut_declaration(self) -> None:
        self.cut(self._table.between_declarations(self._state.state_stack))

    def settle(self, follower: str) -> bool:
        """Finishes what is complete, as if a certain terminal came next; whether it can."""
        if not self._table.fits(self._state.state_stack, follower):
            return False
        self._state.feed_token(Token(follower, ""))
        self.cut(len(self._state.value_stack) - 1)
        return True


def feed(state: ParserState[Any], token: Token) -> None:
    """Gives the parser a token; raises `TooDeep` if too many are open."""
    state.feed_token(token)
    if len(state.value_stack) > MAX_OPEN:
        raise TooDeep(_span(token))


def where(error: UnexpectedInput) -> int:
    """The offset at which the parser stopped."""
    offset = error.token.start_pos if isinstance(error, UnexpectedToken) else error.pos_in_stream
    return offset or 0


def start_of(value: Any) -> int | None:
    """Where something on the stack begins."""
    if isinstance(value, Token):
        return value.start_pos
    return None if value.meta.empty else value.meta.start_pos


def _span(token: Token) -> Span:
    return Span(token.start_pos or 0, token.end_pos or 0)
