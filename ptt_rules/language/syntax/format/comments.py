"""Comments of a source, which the parser leaves out."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SYNC_POINT = re.compile(
    r'"""[\s\S]*?(?<!\\)(?:\\\\)*"""|"(?!"")[^\n]*?(?<!\\)(?:\\\\)*"|""(?!")|`[^`\n]+`'
    r"|(?P<comment>\#[^\n]*)|(?P<brace>[{}])"
)
"""Strings and keys as in the grammar, since a `#` in them begins no comment."""


@dataclass(frozen=True, slots=True)
class Comment:
    """`text` begins with `#` and has no space at its end; `is_alone` on a line of its own."""

    offset: int
    text: str
    is_alone: bool

    @property
    def end(self) -> int:
        return self.offset + len(self.text)


def comments_of(text: str) -> list[Comment]:
    """All comments, in order."""
    return [
        Comment(found.start(), found["comment"].rstrip(), _is_alone(text, found.start()))
        for found in _SYNC_POINT.finditer(text)
        if found["comment"]
    ]


def _is_alone(text: str, offset: int) -> bool:
    return not text[text.rfind("\n", 0, offset) + 1 : offset].strip()


def next_brace(text: str, start: int) -> int:
    """Where the first brace from an offset on stands."""
    return next(found.start() for found in _SYNC_POINT.finditer(text, start) if found["brace"])
