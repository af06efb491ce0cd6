"""Lines of a source with marks under what they are about.

Marks of one line share a row where they can: the text of the rightmost one stands behind it,
the texts of the others below, each at its own column. A long line is shown around its marks.
Columns are those of a terminal, in which a Chinese character takes two and an accent none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from operator import attrgetter

from ptt_rules.border import visible_char
from ptt_rules.language import Source, Span

MAX_WIDTH = 100
CONTEXT = 40
"""Columns before the first mark that are shown, if possible, of a line that is too long."""
CUT = "..."

Paint = Callable[[str, bool], str]
"""Colours a mark or its text; the flag says whether it is the primary one."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters of one line, from 0 and half-open, with the text that belongs to them."""

    line: int
    start: int
    end: int
    text: str
    is_primary: bool


def marks_of(source: Source, span: Span, text: str, *, is_primary: bool) -> list[Mark]:
    """The mark of a span: of one over several lines, its first and its last line."""
    line, column = source.position(span.start)
    end_line, end_column = source.position(span.end)
    if line == end_line:
        return [Mark(line, column - 1, end_column - 1, text, is_primary)]
    first, last = source.line(line), source.line(end_line)
    indent = len(last) - len(last.lstrip())
    return [
        Mark(line, column - 1, len(first), "", is_primary),
        Mark(end_line, min(indent, end_column - 1), end_column - 1, text, is_primary),
    ]


def excerpt(
    source: Source, marks: Sequence[Mark], gutter: int, paint: Paint, frame: Callable[[str], str]
) -> list[str]:
    """The marked lines in order, a line of dots where some between are left out.

    `frame` colours line numbers and what stands around the source.
    """
    lines: list[str] = []
    bar = f"{' ' * gutter} |"
    before = None
    for number, of_line in groupby(sorted(marks, key=_order), key=attrgetter("line")):
        if before is not None and number > before + 1:
            lines.append(frame(CUT))
        before = number
        for view in _views(source.line(number), list(of_line)):
            lines.append(f"{frame(f'{number:>{gutter}} |')} {view.shown}".rstrip())
            lines += [f"{frame(bar)} {row}" for row in view.rows(paint)]
    return lines


def _order(mark: Mark) -> tuple[int, int, int]:
    return mark.line, mark.start, mark.end


# ---- one line ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _View:
    """A part of a line that fits a terminal, with the marks in it, counted from its start.

    `columns` has the column at which each character begins, and the one after the last.
    """

    shown: str
    columns: Sequence[int]
    marks: Sequence[Mark]

    def rows(self, paint: Paint) -> Iterator[str]:
        """The marks, then the texts that do not stand behind one."""
        waiting = list(self.marks)
        while waiting:
            row = _apart(waiting)
            waiting = [mark for mark in waiting if mark not in row]
            yield self._row(row, paint)
            for mark in reversed(row[:-1]):
                if mark.text:
                    yield " " * self.columns[mark.start] + paint(mark.text, mark.is_primary)

    def _row(self, marks: Sequence[Mark], paint: Paint) -> str:
        text = ""
        at = 0
        for mark in marks:
            start, end = self.columns[mark.start], self.columns[mark.end]
            sign = ("^" if mark.is_primary else "-") * max(1, end - start)
            text += " " * (start - at)
            at = start + len(sign)
            behind = f" {mark.text}" if mark is marks[-1] and mark.text else ""
            text += paint(sign + behind, mark.is_primary)
        return text


def _apart(marks: Sequence[Mark]) -> list[Mark]:
    """The primary mark, and those that have a gap to it and to one another."""
    row = [next((mark for mark in marks if mark.is_primary), marks[0])]
    for mark in marks:
        if all(mark.end < other.start or other.end < mark.start for other in row):
            row.append(mark)
    return sorted(row, key=_order)


def _views(line: str, marks: Sequence[Mark]) -> Iterator[_View]:
    """The whole line if it fits, else pieces of it that have all marks' beginnings."""
    waiting = list(marks)
    while waiting:
        view = _view(line, waiting)
        waiting = waiting[len(view.marks) :]
        yield view


def _view(line: str, marks: Sequence[Mark]) -> _View:
    """The part of a line around the first of the marks, with those that begin in it."""
    wanted = min(marks[0].start, len(line))
    left = line[max(0, wanted - MAX_WIDTH) : wanted][::-1]
    pieces = _fitting(line[wanted:], MAX_WIDTH - _width_of(_fitting(left, CONTEXT)))
    last = wanted + len(pieces)
    pieces = [*reversed(_fitting(left, MAX_WIDTH - _width_of(pieces))), *pieces]
    first = last - len(pieces)
    before, after = CUT if first else "", CUT if last < len(line) else ""
    here = [mark for mark in marks if mark.start < last] or marks[:1]
    return _View(
        shown=f"{before}{''.join(pieces)}{after}",
        columns=[*accumulate(map(_width, pieces), initial=len(before))],
        marks=[_moved(mark, first, last) for mark in here],
    )


def _fitting(text: str, room: int) -> list[str]:
    """What stands for the first characters of a text, as many as have room."""
    pieces = [visible_char(char) for char in text[:room]]
    while _width_of(pieces) > room:
        pieces.pop()
    return pieces


def _width_of(pieces: Sequence[str]) -> int:
    return sum(map(_width, pieces))


def _moved(mark: Mark, first: int, last: int) -> Mark:
    """A mark in the shown part of its line; it ends where that does."""
    start, end = (max(first, min(offset, last)) - first for offset in (mark.start, mark.end))
    return Mark(mark.line, start, end, mark.text, mark.is_primary)


def _width(piece: str) -> int:
    """Columns of a terminal that a character takes."""
    if unicodedata.category(piece[0]) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(piece[0]) in "WF" else len(piece)
