"""Comments of a source, which the parser leaves out."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LANDMARK = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|"(?!"")(?:[^"\\\n]|\\.)*"|""(?!")|`[^`\n]*`'
    r"|(?P<comment>\#[^\n]*)|(?P<brace>[{}])",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Comment:
    """`text` begins with `#` and has no space at its end."""

    offset: int
    text: str


def comments_of(text: str) -> list[Comment]:
    """All comments, in order; a `#` inside of a string or of backticks begins none."""
    return [
        Comment(found.start(), found["comment"].rstrip())
        for found in _LANDMARK.finditer(text)
        if found["comment"]
    ]


def opening_brace(text: str, start: int) -> int:
    """Where the block that begins at an offset is opened."""
    return next(found.start() for found in _LANDMARK.finditer(text, start) if found["brace"])
