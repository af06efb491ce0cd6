"""The lines of a whole file: entries, and between them the comments that precede them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from ptt_rules.language.source import Span
from ptt_rules.language.syntax.format.comments import Comment, next_brace
from ptt_rules.language.syntax.format.entries import Block, Clause, ClauseBlock, Entry
from ptt_rules.language.syntax.format.pieces import WIDTH, Piece, lines_of, remarks_of

INDENT = "  "


class Layout:
    """Writes entries in their order, and each comment before or after its entry."""

    def __init__(self, text: str, comments: Sequence[Comment]) -> None:
        self._text = text
        self._comments = comments
        self._offsets = [comment.offset for comment in comments]
        self._next = 0
        """The first comment that is not written yet."""
        self._lines: list[str] = []
        self._end = 0
        """Where what was written last ends in the source."""
        self._opened = 0
        """How many lines there were when the block at hand was opened."""

    def file(self, entries: Sequence[Entry]) -> str:
        self._entries(entries, "", len(self._text))
        self._own_lines(len(self._text), "")
        return "\n".join(self._lines) + "\n" if self._lines else ""

    def _entries(self, entries: Sequence[Entry], indent: str, end: int) -> None:
        limits = [*(entry.span.start for entry in entries[1:]), end]
        was_apart = False
        for entry, limit in zip(entries, limits, strict=False):
            is_apart = was_apart or (entry.is_apart and entry is not entries[0])
            match entry:
                case Clause():
                    self._clause(entry, indent, limit, is_apart)
                case Block():
                    self._block(entry, indent, limit, is_apart)
                case ClauseBlock():
                    self._clause_block(entry, indent, limit, is_apart)
            was_apart = entry.is_apart

    def _clause(self, clause: Clause, indent: str, limit: int, is_apart: bool) -> None:
        span = clause.span
        self._pieces(clause.pieces, (span, limit), indent, is_apart)

    def _pieces(
        self, pieces: tuple[Piece, ...], at: tuple[Span, int], indent: str, is_apart: bool
    ) -> None:
        """The pieces of a clause at a span, with a comment on its last line up to a limit."""
        span, limit = at
        self._head(self._own_lines(span.start, indent, is_apart), span.start, is_apart)
        inside = self._take(span.end)
        remarks = remarks_of(pieces, inside, self._behind(span.end, limit), self._text)
        self._lines += lines_of(pieces, remarks, indent)

    # ---- blocks ----------------------------------------------------------------------------

    def _clause_block(self, block: ClauseBlock, indent: str, limit: int, is_apart: bool) -> None:
        body, opened = block.body, block.opening + 1
        closing = next_brace(self._text, body[-1].span.end if body else opened)
        at = Span(block.span.start, opened), body[0].span.start if body else closing
        self._pieces(block.pieces, at, indent, is_apart)
        self._inner(body, indent, closing)
        self._lines.append(f"{indent}}}")
        self._closing(block.span.end, limit, indent + INDENT)

    def _block(self, block: Block, indent: str, limit: int, is_apart: bool) -> None:
        end = block.span.end
        had_comments = self._own_lines(self._inside(block)[0], indent, is_apart)
        self._head(had_comments, block.span.start, is_apart)
        line = indent + _joined(block)
        if self._is_bare(block) and (_is_empty(block) or (block.joins and len(line) <= WIDTH)):
            self._lines.append(line)
            self._closing(end, limit, indent)
        else:
            self._lines.append(indent + block.head)
            self._body(block, indent)
            if block.following:
                self._following(block.following, indent)
            self._closing(end, limit, indent + INDENT)

    def _inside(self, block: Block) -> tuple[int, int]:
        """Where the braces of a block stand."""
        start, body = block.span.start, block.body
        opening = next_brace(self._text, start if block.opens is None else block.opens)
        return opening, next_brace(self._text, body[-1].span.end if body else opening + 1)

    def _is_bare(self, block: Block) -> bool:
        """Whether no comment stands in its braces, nor in those of what is following."""
        is_bare = not self._are_comments(*self._inside(block))
        return is_bare and (block.following is None or self._is_bare(block.following))

    def _body(self, block: Block, indent: str) -> None:
        opening, closing = self._inside(block)
        first = block.body[0].span.start if block.body else closing
        self._add_after(self._behind(opening + 1, first))
        self._inner(block.body, indent, closing)
        self._lines.append(indent + block.closing)

    def _inner(self, body: Sequence[Entry], indent: str, closing: int) -> None:
        """What stands between the braces of a block."""
        inner = indent + INDENT
        outer, self._opened = self._opened, len(self._lines)
        self._entries(body, inner, closing)
        self._own_lines(closing, inner)
        self._opened = outer

    def _following(self, block: Block, indent: str) -> None:
        """Goes on after the brace of a block; comments between the two come before it."""
        comments = self._take(self._inside(block)[0])
        self._lines[-1:-1] = [indent + INDENT + comment.text for comment in comments]
        line = f"{self._lines[-1]} {_joined(block)}"
        if self._is_bare(block) and len(line) <= WIDTH:
            self._lines[-1] = line
        else:
            self._lines[-1] += f" {block.head}"
            self._body(block, indent)

    def _closing(self, end: int, limit: int, indent: str) -> None:
        """The comment after a block; others between the words after its brace come before it."""
        late = self._take(end)
        behind = self._behind(end, limit)
        if late and behind is None:
            behind = late.pop()
        self._lines[-1:-1] = [indent + comment.text for comment in late]
        self._add_after(behind)

    # ---- comments --------------------------------------------------------------------------

    def _are_comments(self, start: int, end: int) -> bool:
        return bisect_left(self._offsets, start) < bisect_left(self._offsets, end)

    def _take(self, until: int) -> list[Comment]:
        """The comments before an offset that are not written yet."""
        first, self._next = self._next, bisect_left(self._offsets, until, self._next)
        return list(self._comments[first : self._next])

    def _behind(self, end: int, limit: int) -> Comment | None:
        """The comment on the line of what ends there, if nothing else is between them."""
        self._end = end
        if self._next == len(self._comments):
            return None
        comment = self._comments[self._next]
        if not end <= comment.offset < limit or "\n" in self._text[end : comment.offset]:
            return None
        self._next += 1
        self._end = comment.end
        return comment

    def _add_after(self, comment: Comment | None) -> None:
        if comment:
            self._lines[-1] += f"  {comment.text}"

    def _own_lines(self, until: int, indent: str, is_apart: bool = False) -> bool:
        """The comments before an offset, a line for each; whether there were any."""
        comments = self._take(until)
        for comment in comments:
            self._blank(comment.offset, is_apart and comment is comments[0])
            self._lines.append(indent + comment.text)
            self._end = comment.end
        return bool(comments)

    # ---- blank lines -----------------------------------------------------------------------

    def _head(self, had_comments: bool, start: int, is_apart: bool) -> None:
        """A blank line before the first line of an entry, unless it is before its comments."""
        self._blank(start, is_apart and not had_comments)

    def _blank(self, start: int, is_apart: bool) -> None:
        """A blank line before what begins at an offset, if the author put one or it needs one."""
        is_first = len(self._lines) == self._opened
        if not is_first and (is_apart or self._text[self._end : start].count("\n") > 1):
            self._lines.append("")


def _is_empty(block: Block) -> bool:
    return not block.body and block.following is None


def _joined(block: Block) -> str:
    """A block, and what is following, on one line."""
    actions = (
        piece.text for entry in block.body if isinstance(entry, Clause) for piece in entry.pieces
    )
    body = "  ".join(actions)
    line = f"{block.head} {body} {block.closing}" if body else block.head + block.closing
    return f"{line} {_joined(block.following)}" if block.following else line
