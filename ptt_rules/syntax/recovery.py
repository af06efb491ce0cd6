"""Parsing on after a syntax error, so that one slip neither hides nor invents others.

The parser stops at a word that does not fit. If the slip is one that people make often, it reads
on as if the hint had been followed already. Otherwise the clause is lost: the parser's stack is
cut back to the block that the clause is in, and the text is skipped up to the next place where a
clause can begin, to the `}` of the block, or to the end of the piece. What begins a clause is
read from the parse table, so that the grammar is the only place that says it.

Cost: each skip begins where the last one ended or later, so all of them read the text once
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lark import Lark, TextSlice, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.lexer import LexerThread

from ptt_rules.diagnostics import Diagnostic
from ptt_rules.source import Source, Span
from ptt_rules.syntax import tree
from ptt_rules.syntax.blocks import BlockTable, starts_line
from ptt_rules.syntax.landmarks import (
    Header,
    declared_at,
    declared_names,
    header_at,
    landmarks,
    let_names,
)
from ptt_rules.syntax.slips import Misfit, Mistake, explain, found_at, nothing_behind

END = "$END"
_CLOSING = {"RPAR": "LPAR", "RSQB": "LSQB"}


class Recovery:
    """The parse of one piece of a source: its good clauses, and what is wrong with the others."""

    def __init__(self, lark: Lark, table: BlockTable, source: Source, piece: Span) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.nameless: set[int] = set()
        """Where declarations begin whose name is lost."""
        self.gave_up_at: int | None = None
        """Where there was more to tell than may be told."""
        self._lost: dict[int, _Lost] = {}
        self._source, self._text, self._piece, self._table = source, source.text, piece, table
        self._parser = lark.parse_interactive(TextSlice(source.text, 0, piece.end))
        self._state = self._parser.parser_state
        self._previous = self._before_previous = Token("", "", piece.start, end_pos=piece.start)
        self._stopped_at = self._skipped_to = -1
        self._closes = False  # whether a hint has closed the block already
        self._seek(piece.start)

    @property
    def broken(self) -> list[tree.BrokenDecl]:
        """The declarations that lack something, by place."""
        return [self._lost[start].declaration() for start in sorted(self._lost)]

    # ---- reading ---------------------------------------------------------------------------

    def parse(self, most: int) -> Tree[Token]:
        """The tree of all that could be read, after at most so many diagnostics."""
        while True:
            try:
                return self._read()
            except UnexpectedInput as error:
                self._stop(error, most)

    def _read(self) -> Tree[Token]:
        for token in self._parser.lexer_thread.lex(self._state):
            self._take(token)
        end = Token(END, "", self._piece.end, end_pos=self._piece.end)
        self._check(end)
        module: Tree[Token] = self._state.feed_token(end, True)
        return module

    def _take(self, token: Token) -> None:
        self._check(token)
        self._state.feed_token(token)
        self._before_previous, self._previous = self._previous, token

    def _check(self, token: Token) -> None:
        """Stops before a token that does not fit, with the stack as it was."""
        if not self._table.fits(self._state.state_stack, token.type):
            raise UnexpectedToken(token, set())

    def _feed(self, text: str, span: Span) -> None:
        """Reads a text that is not in the source as if it stood at a place of it."""
        for token in LexerThread.from_text(self._parser.lexer_thread.lexer, text).lex(self._state):
            token.start_pos, token.end_pos = span.start, span.end
            self._take(token)

    def _seek(self, offset: int) -> None:
        self._parser.lexer_thread.state.line_ctr.char_pos = offset

    # ---- stopping --------------------------------------------------------------------------

    def _stop(self, error: UnexpectedInput, most: int) -> None:
        misfit = self._misfit(error)
        start = misfit.span.start
        mistake = None
        if len(self.diagnostics) >= most:
            self._give_up(start)
            return
        if misfit.span.start > self._stopped_at and not (misfit.is_at_end and self._closes):
            start, mistake = self._explain(misfit)
            self.diagnostics.append(mistake.diagnostic)
        self._stopped_at = misfit.span.start
        if misfit.is_at_end:
            self._finish()
        elif mistake is None or not self._goes_on(mistake):
            self._skip(misfit, start if start > self._skipped_to else misfit.span.end)

    def _give_up(self, at: int) -> None:
        self.gave_up_at = at
        self._lose(self._declaration(), Span(at, self._piece.end))
        self._finish()
        self._seek(self._piece.end)

    def _explain(self, misfit: Misfit) -> tuple[int, Mistake]:
        """What to tell, and the offset at which the wrong clause ends at the earliest."""
        swallowed = _span(self._previous)
        if self._previous.type == "NAME" and self._begins_clause(swallowed):
            return swallowed.start, nothing_behind(misfit, _span(self._before_previous))
        return misfit.span.start, explain(misfit)

    def _begins_clause(self, word: Span) -> bool:
        """Whether a word that was read as a name is rather the first word of a clause."""
        return any(
            self._table.begins(
                self._state.state_stack[size],
                self._text,
                word.start,
                self._piece.end,
                is_first=starts_line(self._text, word.start),
            )
            for size in self._blocks()[:1]
        )

    def _goes_on(self, mistake: Mistake) -> bool:
        """Reads what the hint says to write instead, if that is how to go on."""
        edit = mistake.diagnostic.edit
        if not mistake.goes_on or edit is None:
            return False
        try:
            self._feed(mistake.reads or edit.text, edit.span)
        except UnexpectedInput:
            return False
        self._seek(edit.span.end if mistake.resume is None else mistake.resume)
        self._closes = self._closes or mistake.closes
        return True

    def _misfit(self, error: UnexpectedInput) -> Misfit:
        is_character = isinstance(error, UnexpectedCharacters)
        start = error.pos_in_stream
        if isinstance(error, UnexpectedToken):
            start = error.token.start_pos
        assert start is not None
        declaration = self._declaration()
        return Misfit(
            self._source,
            self._piece,
            found_at(self._text, start, self._piece.end),
            self._table.accepted(self._state.state_stack),
            previous=_span(self._previous),
            previous_type=self._previous.type,
            declaration="" if declaration is None else str(declaration),
            opened=self._opened(),
            begins_nothing=is_character,
            is_first=starts_line(self._text, start),
            is_in_block=bool(self._blocks()),
            leaves_block=self._leaves_block(start),
        )

    # ---- the stack -------------------------------------------------------------------------

    def _blocks(self) -> list[int]:
        return self._table.open_blocks(self._state.state_stack, self._state.value_stack)

    def _declaration(self) -> Token | None:
        """The first word of the declaration that is being read."""
        tokens = (value for value in self._state.value_stack if isinstance(value, Token))
        return next(tokens, None)

    def _opened(self) -> Span | None:
        """The innermost bracket of an expression that is not closed."""
        closed: list[str] = []
        for value in reversed(self._state.value_stack):
            if not isinstance(value, Token):
                continue
            if value.type in _CLOSING:
                closed.append(_CLOSING[value.type])
            elif value.type in _CLOSING.values():
                if not closed:
                    return _span(value)
                closed.pop()
        return None

    def _leaves_block(self, start: int) -> bool:
        return starts_line(self._text, start) and any(
            self._table.begins(
                self._state.state_stack[size], self._text, start, self._piece.end, is_first=True
            )
            for size in self._blocks()[1:]
        )

    def _cut(self, size: int) -> int | None:
        """Takes off the stack what is above a size; gives the offset where that began."""
        removed = self._state.value_stack[size:]
        del self._state.value_stack[size:], self._state.state_stack[size + 1 :]
        return _start(removed[0]) if removed else None

    def _settle(self, follower: str) -> bool:
        """Lets the parser finish what is complete, as if something came next; whether it fits."""
        if not self._table.fits(self._state.state_stack, follower):
            return False
        self._state.feed_token(Token(follower, ""))
        self._cut(len(self._state.value_stack) - 1)
        return True

    # ---- skipping --------------------------------------------------------------------------

    def _skip(self, misfit: Misfit, start: int) -> None:
        """Skips what is wrong, which reaches at least to `start`."""
        declaration = self._declaration()
        keeps = misfit.is_behind_something_whole
        if keeps:
            self._settle("RBRACE" if "RBRACE" in misfit.accepted else "_METRIC")
        blocks = self._blocks()
        if blocks:
            lost_from = None if keeps else self._cut(blocks[0])
            end, left = self._next_clause(blocks, start)
            self._lose(declaration, Span(lost_from or misfit.span.start, end))
            for _ in range(left):
                self._feed("}", Span(end, end))
        elif declaration is None or keeps:
            end = self._end_of_junk(start)
            self._lose(None, Span(start, end))
        else:
            end = self._skip_head(declaration, start)
        self._seek(end)
        self._skipped_to = end

    def _next_clause(self, blocks: list[int], start: int) -> tuple[int, int]:
        """Where a clause or a `}` comes next, and how many blocks have to be closed for it."""
        if starts_line(self._text, start):
            start = self._text.rfind("\n", 0, start) + 1
        braces = brackets = 0
        for mark in landmarks(self._text, Span(start, self._piece.end)):
            if mark.text in ("{", "}"):
                braces += 1 if mark.text == "{" else -1
                if braces < 0:
                    return mark.span.start, 0
            elif mark.is_bracket:
                brackets = max(0, brackets + (1 if mark.text in "([" else -1))
            elif braces == 0 and (mark.is_first or brackets == 0):
                for left, size in enumerate(blocks if mark.is_first else blocks[:1]):
                    state = self._state.state_stack[size]
                    at, end = mark.span.start, self._piece.end
                    if self._table.begins(state, self._text, at, end, is_first=mark.is_first):
                        return at, left
        return self._piece.end, 0

    def _end_of_junk(self, start: int) -> int:
        """Between declarations: behind the next block, or the end of the piece."""
        depth = 0
        for mark in landmarks(self._text, Span(start, self._piece.end)):
            depth += {"{": 1, "}": -1}.get(mark.text, 0)
            if mark.text == "}" and depth <= 0:
                return mark.span.end
        return self._piece.end

    def _skip_head(self, declaration: Token, start: int) -> int:
        """Reads a block's head as far as it can be made out; other declarations are lost."""
        at = declaration.start_pos or 0
        header = header_at(self._text, Span(at, self._piece.end))
        self._cut(self._table.between_declarations(self._state.state_stack))
        if header is None:
            self._lose(declaration, Span(at, self._piece.end))
            return self._piece.end
        self._lose(declaration, header.span)
        if not header.name:
            self.nameless.add(at)
        self._feed_header(header)
        return max(header.span.end, start)

    def _feed_header(self, header: Header) -> None:
        place = header.span
        self._feed(header.word, Span(place.start, place.start + len(header.word)))
        self._feed(header.name or header.stand_in, header.name_span)
        self._feed(f"{header.rest} {{", place)

    def _finish(self) -> None:
        """At the end of the piece: closes what is open, and gives up what is not complete."""
        at, end = Span(self._piece.end, self._piece.end), self._piece.end
        declaration = self._declaration()
        while blocks := self._blocks():
            if not self._settle("RBRACE"):
                self._lose(declaration, Span(self._cut(blocks[0]) or end, end))
            self._feed("}", at)
        if not self._settle("_METRIC"):
            self._cut(self._table.between_declarations(self._state.state_stack))
            if declaration is not None:
                self._lose(declaration, Span(declaration.start_pos or 0, end))

    # ---- what is lost ----------------------------------------------------------------------

    def _lose(self, declaration: Token | None, region: Span) -> None:
        """Notes what a part of the text would have declared."""
        heads = list(declared_names(self._text, region))
        lets = tuple(let_names(self._text, region))
        if declaration is not None:
            at = declaration.start_pos or 0
            head = declared_at(self._text, Span(at, self._piece.end))
            if head is not None:
                span = Span(at, max(region.end, head.name.span.end))
                self._lost.setdefault(at, _Lost(span, head.sort, head.name)).lets.update(lets)
        for head in heads:
            self._lost.setdefault(head.start, _Lost(region, head.sort, head.name))


@dataclass
class _Lost:
    span: Span
    sort: str
    name: tree.Name
    lets: set[str] = field(default_factory=set)

    def declaration(self) -> tree.BrokenDecl:
        return tree.BrokenDecl(self.span, self.sort, self.name, tuple(sorted(self.lets)))


def _span(token: Token) -> Span:
    return Span(token.start_pos or 0, token.end_pos or 0)


def _start(value: Any) -> int | None:
    if isinstance(value, Token):
        return value.start_pos
    return None if value.meta.empty else value.meta.start_pos
