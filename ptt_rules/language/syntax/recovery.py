"""Parsing on after a syntax error, so that one mistake neither hides nor causes others.

The parser stops at a word that does not fit. If the mistake is a common one, it reads
on as if the hint had been followed already. Otherwise the clause is lost: the parser's stack is
cut back to the block that the clause is in, and the text is skipped up to the next place where a
clause can begin, to the `}` of the block, or to the end of the piece. What begins a clause is
read from the parse table, so that the grammar is the only place that says it.

Cost: each skip begins where the last one ended or later, so all of them read the text once
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from ptt_rules.language.diagnostics import Diagnostic
from ptt_rules.language.source import Source, Span
from ptt_rules.language.syntax import tree
from ptt_rules.language.syntax.blocks import BlockTable, starts_line
from ptt_rules.language.syntax.mistakes import Mistake, Unexpected, explain, nothing_after
from ptt_rules.language.syntax.reading import Reading
from ptt_rules.language.syntax.sync_points import (
    declared_at,
    declared_names,
    header_at,
    let_names,
    sync_points,
)


class Recovery:
    """The parse of one piece of a source: its good clauses, and what is wrong with the others."""

    def __init__(self, lark: Lark, table: BlockTable, source: Source, piece: Span) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.nameless: set[int] = set()
        """Where declarations begin whose name is lost."""
        self.gave_up_at: int | None = None
        """The place of the first mistake beyond the limit."""
        self._lost: dict[int, _Lost] = {}
        self._text, self._piece = source.text, piece
        self._reading = Reading(lark, table, source, piece)
        self._stopped_at = self._skipped_to = -1
        self._closes = False  # whether a hint has closed the block already

    @property
    def broken(self) -> list[tree.BrokenDecl]:
        """The declarations that lack something, by place."""
        return [self._lost[start].declaration() for start in sorted(self._lost)]

    def parse(self, most: int) -> Tree[Token]:
        """The tree of all that could be read, with at most so many diagnostics."""
        while True:
            try:
                return self._reading.to_end()
            except UnexpectedInput as error:
                self._stop(self._reading.unexpected(error), most)

    # ---- stopping --------------------------------------------------------------------------

    def _stop(self, unexpected: Unexpected, most: int) -> None:
        start = unexpected.span.start
        if len(self.diagnostics) >= most:
            self._give_up(start)
            return
        mistake = None
        if start > self._stopped_at and not (unexpected.is_at_end and self._closes):
            start, mistake = self._explain(unexpected)
            self.diagnostics.append(mistake.diagnostic)
        self._stopped_at = unexpected.span.start
        if unexpected.is_at_end:
            self._finish()
        elif mistake is None or not self._goes_on(mistake):
            self._skip(unexpected, start if start > self._skipped_to else unexpected.span.end)

    def _give_up(self, at: int) -> None:
        self.gave_up_at = at
        self._lose(self._reading.declaration(), Span(at, self._piece.end))
        self._finish()
        self._reading.seek(self._piece.end)

    def _explain(self, unexpected: Unexpected) -> tuple[int, Mistake]:
        """The mistake, and the offset at which the wrong clause ends at the earliest."""
        word = self._reading.previous
        if unexpected.previous_type == "NAME" and self._begins_clause(word):
            return word.start, nothing_after(unexpected, self._reading.before_previous)
        return unexpected.span.start, explain(unexpected)

    def _begins_clause(self, word: Span) -> bool:
        """Whether a word that was read as a name is rather the first word of a clause."""
        is_first = starts_line(self._text, word.start)
        blocks = self._reading.blocks()
        return bool(blocks) and self._reading.begins(blocks[0], word.start, is_first=is_first)

    def _goes_on(self, mistake: Mistake) -> bool:
        """Reads what the hint says to write instead, if that is how to go on."""
        edit = mistake.diagnostic.edit
        if not mistake.goes_on or edit is None:
            return False
        try:
            self._reading.feed(mistake.reads or edit.text, edit.span)
        except UnexpectedInput:
            return False
        self._reading.seek(edit.span.end if mistake.resume is None else mistake.resume)
        self._closes = self._closes or mistake.closes
        return True

    # ---- skipping --------------------------------------------------------------------------

    def _skip(self, unexpected: Unexpected, start: int) -> None:
        """Skips what is wrong, which reaches at least to `start`."""
        declaration = self._reading.declaration()
        keeps = unexpected.follows_something_whole
        if keeps:
            self._reading.settle("RBRACE" if "RBRACE" in unexpected.accepted else "_METRIC")
        if blocks := self._reading.blocks():
            lost_from = None if keeps else self._reading.cut(blocks[0])
            end, left = self._next_clause(blocks, start)
            self._lose(declaration, Span(lost_from or unexpected.span.start, end))
            for _ in range(left):
                self._reading.feed("}", Span(end, end))
        elif declaration is None or keeps:
            end = self._end_of_junk(start)
            self._lose(None, Span(start, end))
        else:
            end = self._skip_head(declaration, start)
        self._reading.seek(end)
        self._skipped_to = end

    def _next_clause(self, blocks: list[int], start: int) -> tuple[int, int]:
        """Where a clause or a `}` comes next, and how many blocks have to be closed for it."""
        if starts_line(self._text, start):
            start = self._text.rfind("\n", 0, start) + 1
        braces = brackets = 0
        for mark in sync_points(self._text, Span(start, self._piece.end)):
            if mark.text in ("{", "}"):
                braces += 1 if mark.text == "{" else -1
                if braces < 0:
                    return mark.span.start, 0
            elif mark.is_bracket:
                brackets = max(0, brackets + (1 if mark.text in "([" else -1))
            elif braces == 0 and (mark.is_first or brackets == 0):
                for left, block in enumerate(blocks if mark.is_first else blocks[:1]):
                    if self._reading.begins(block, mark.span.start, is_first=mark.is_first):
                        return mark.span.start, left
        return self._piece.end, 0

    def _end_of_junk(self, start: int) -> int:
        """Between declarations: after the next block, or the end of the piece."""
        depth = 0
        for mark in sync_points(self._text, Span(start, self._piece.end)):
            depth += {"{": 1, "}": -1}.get(mark.text, 0)
            if mark.text == "}" and depth <= 0:
                return mark.span.end
        return self._piece.end

    def _skip_head(self, declaration: Token, start: int) -> int:
        """Reads a block's head as far as it can be made out; other declarations are lost."""
        at = declaration.start_pos or 0
        header = header_at(self._text, Span(at, self._piece.end))
        self._reading.cut_declaration()
        if header is None:
            self._lose(declaration, Span(at, self._piece.end))
            return self._piece.end
        self._lose(declaration, header.span)
        if not header.has_name:
            self.nameless.add(at)
        for word, place in header.words:
            self._reading.feed(word, place)
        return max(header.span.end, start)

    def _finish(self) -> None:
        """At the end of the piece: closes what is open, and gives up what is not complete."""
        end = self._piece.end
        declaration = self._reading.declaration()
        while blocks := self._reading.blocks():
            if not self._reading.settle("RBRACE"):
                self._lose(declaration, Span(self._reading.cut(blocks[0]) or end, end))
            self._reading.feed("}", Span(end, end))
        if declaration is not None and not self._reading.settle("_METRIC"):
            self._reading.cut_declaration()
            self._lose(declaration, Span(declaration.start_pos or 0, end))

    # ---- what is lost ----------------------------------------------------------------------

    def _lose(self, declaration: Token | None, region: Span) -> None:
        """Notes what a part of the text would have declared."""
        if declaration is not None:
            at = declaration.start_pos or 0
            head = declared_at(self._text, Span(at, self._piece.end))
            if head is not None:
                span = Span(at, max(region.end, head.name.span.end))
                lost = self._lost.setdefault(at, _Lost(span, head.sort, head.name))
                lost.lets.update(let_names(self._text, region))
        for head in declared_names(self._text, region):
            self._lost.setdefault(head.start, _Lost(region, head.sort, head.name))


@dataclass
class _Lost:
    span: Span
    sort: str
    name: tree.Name
    lets: set[str] = field(default_factory=set)

    def declaration(self) -> tree.BrokenDecl:
        return tree.BrokenDecl(self.span, self.sort, self.name, tuple(sorted(self.lets)))
