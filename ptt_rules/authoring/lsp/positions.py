"""Offsets in a text as editors count them: lines, and units of an encoding within a line."""

from __future__ import annotations

import re
from bisect import bisect_right
from enum import Enum

_LINE_END = re.compile(r"\r\n|\n|\r")


class Encoding(Enum):
    """The unit of a column."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"

    def width(self, text: str) -> int:
        """How many units a text has; a lone surrogate counts as the character it stands for."""
        if self is Encoding.UTF32:
            return len(text)
        unit = 2 if self is Encoding.UTF16 else 1
        name = "utf-16-le" if self is Encoding.UTF16 else "utf-8"
        return len(text.encode(name, "surrogatepass")) // unit


class Positions:
    """Offsets of one text to lines and columns, both from 0, and back."""

    def __init__(self, text: str, encoding: Encoding = Encoding.UTF16) -> None:
        ends = list(_LINE_END.finditer(text))
        self._text = text
        self._encoding = encoding
        self._starts = [0, *(end.end() for end in ends)]
        self._stops = [*(end.start() for end in ends), len(text)]

    def position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset) - 1
        return line, self._encoding.width(self._text[self._starts[line] : offset])

    def offset(self, line: int, column: int) -> int:
        """The offset of a position; past the end of a line or text, that end."""
        if line >= len(self._starts):
            return len(self._text)
        offset = self._starts[line]
        while column > 0 and offset < self._stops[line]:
            column -= self._encoding.width(self._text[offset])
            offset += 1
        return offset
