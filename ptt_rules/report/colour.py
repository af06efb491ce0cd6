"""Colour on terminals: never in files and pipes, never with NO_COLOR."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TextIO

CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}


@dataclass(frozen=True, slots=True)
class Colour:
    """Marks text with terminal colours, or leaves it as it is."""

    is_on: bool = False

    @classmethod
    def of(cls, stream: TextIO) -> Colour:
        return cls(stream.isatty() and not os.environ.get("NO_COLOR"))

    def __call__(self, text: str, *styles: str) -> str:
        if not self.is_on or not styles:
            return text
        codes = ";".join(CODES[style] for style in styles)
        return f"\x1b[{codes}m{text}\x1b[0m"
