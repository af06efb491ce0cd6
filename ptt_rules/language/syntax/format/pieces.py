"""Parts of a clause that can stand on lines of their own, and the comments among them.

Each comment inside of a clause belongs to one leaf, the smallest part that has a line: it stands
above the leaf or after it. A piece is broken into its parts where it is too long for a line, and
where a comment belongs between two of its leaves. That depends on nothing but the leaves and their
comments, which are the same in the formatted text, so that formatting twice is once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ptt_rules.language.source import Span
from ptt_rules.language.syntax.format.comments import Comment

WIDTH = 88


@dataclass(frozen=True, slots=True)
class Piece:
    """A text on one line or, if it is broken, its `parts` one below the other.

    `indent` is its column within the clause; `span` is what it was in the source.
    """

    span: Span
    text: str
    indent: int = 0
    parts: tuple[Piece, ...] = ()

    def leaves(self) -> Iterator[Piece]:
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


Item = tuple[Span, str]
"""A word of a list and where it stands."""


def column(head: Item, items: Sequence[Item], indent: int) -> Piece:
    """A list after its head; broken, head and items have a line each."""
    words = _with_commas(items)
    parts = (Piece(*head), *(Piece(span, word, indent) for span, word in words))
    return _list(f"{head[1]} ", words, parts)


def hanging(head: str, items: Sequence[Item]) -> Piece:
    """A list after its head; broken, items are aligned below the first one."""
    words = _with_commas(items)
    (span, word), *rest = words
    parts = (Piece(span, head + word), *(Piece(span, word, len(head)) for span, word in rest))
    return _list(head, words, parts)


def _with_commas(items: Sequence[Item]) -> list[Item]:
    return [*((span, f"{word},") for span, word in items[:-1]), items[-1]]


def _list(head: str, words: Sequence[Item], parts: tuple[Piece, ...]) -> Piece:
    span = Span(parts[0].span.start, parts[-1].span.end)
    text = head + " ".join(word for _, word in words)
    return Piece(span, text, parts=parts if len(words) > 1 else ())


# ---- comments ------------------------------------------------------------------------------


@dataclass(slots=True)
class Remarks:
    """The comments of one leaf."""

    above: list[Comment] = field(default_factory=list)
    behind: Comment | None = None


def remarks_of(
    pieces: Sequence[Piece], comments: Sequence[Comment], trailing: Comment | None, text: str
) -> list[Remarks]:
    """The comments at each leaf, from those inside a clause and the one after it."""
    leaves = [leaf for piece in pieces for leaf in piece.leaves()]
    remarks = [Remarks() for _ in leaves]
    remarks[-1].behind = trailing
    at = 0
    for comment in comments:
        while at < len(leaves) - 1 and leaves[at].span.end <= comment.offset:
            at += 1
        if (
            at
            and _is_behind(leaves[at - 1], comment, text)
            and comment.offset < leaves[at].span.start
        ):
            remarks[at - 1].behind = comment
        else:
            remarks[at].above.append(comment)
    for here in remarks:
        # between the words of a leaf it can only stand behind them all
        if here.above and here.behind is None and not here.above[-1].is_alone:
            here.behind = here.above.pop()
    return remarks


def _is_behind(leaf: Piece, comment: Comment, text: str) -> bool:
    return "\n" not in text[leaf.span.end : comment.offset]


# ---- lines ---------------------------------------------------------------------------------


def lines_of(pieces: Sequence[Piece], remarks: Sequence[Remarks], indent: str) -> Iterator[str]:
    """The lines of a clause; `remarks` are those of its leaves."""
    at = 0
    for piece in pieces:
        count = sum(1 for _ in piece.leaves())
        yield from _lines(piece, remarks[at : at + count], indent)
        at += count


def _lines(piece: Piece, remarks: Sequence[Remarks], outer: str) -> Iterator[str]:
    indent = outer + " " * piece.indent
    if piece.parts and (_is_long(indent + piece.text) or _are_between(remarks)):
        yield from lines_of(piece.parts, remarks, outer)
        return
    yield from (indent + comment.text for comment in remarks[0].above)
    behind = remarks[-1].behind
    yield f"{indent}{piece.text}  {behind.text}" if behind else indent + piece.text


def _is_long(text: str) -> bool:
    return any(len(line) > WIDTH for line in text.split("\n"))


def _are_between(remarks: Sequence[Remarks]) -> bool:
    return any(before.behind or after.above for before, after in pairwise(remarks))
