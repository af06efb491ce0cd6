"""The one way to a terminal: its width, our own colours, and nothing else that it would obey.

Colour is for terminals: never in files and pipes, never with NO_COLOR.
"""

from __future__ import annotations

import os
import re
import textwrap
from dataclasses import dataclass
from typing import Any, TextIO

from ptt_rules.border import visible_lines

WIDTH = 88
"""Where no terminal says its own."""
WIDEST = 100
"""Longer lines are hard to read, however wide the terminal is."""
_LEAST = 40
"""Below it no sentence is readable."""

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


# ---- lines ---------------------------------------------------------------------------------


def width_of(stream: TextIO) -> int:
    """The width of lines on a stream: as `COLUMNS` says, else as the terminal has it."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked):
        return max(int(asked), _LEAST)
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError, AttributeError):
        return WIDTH  # a file, a pipe, or no stream of the system at all
    return min(max(columns, _LEAST), WIDEST)


def wrapped(text: str, width: int = WIDTH, *, hang: str = "", label: str = "") -> str:
    """A sentence in lines; what names a place or a key stays whole, so that it can be copied."""
    filled = textwrap.fill(
        text,
        width,
        initial_indent=label,
        subsequent_indent=hang or " " * len(label),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return filled or label.rstrip()


# ---- streams -------------------------------------------------------------------------------

_STYLE = f"(?:{'|'.join(CODES.values())})"
_OWN = re.compile(rf"(\x1b\[(?:0|{_STYLE}(?:;{_STYLE})*)m)")


def terminal_text(text: str, colour: Colour) -> str:
    """A text as a terminal may get it; only where colour is on does it keep its colours."""
    if not colour.is_on:
        return visible_lines(text)
    # what was split off by the pattern stands at the odd places
    pieces = enumerate(_OWN.split(text))
    return "".join(piece if place % 2 else visible_lines(piece) for place, piece in pieces)


class Terminal:
    """A text stream of which all that is written is fit for a terminal.

    It also takes what the encoding of the stream does not have. All else is the stream's own:
    bytes that go to its `buffer` go there as they are.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._colour = Colour.of(stream)

    def write(self, text: str) -> int:
        shown = terminal_text(text, self._colour)
        encoding = getattr(self._stream, "encoding", None) or "utf-8"  # None: of a text in memory
        self._stream.write(shown.encode(encoding, "backslashreplace").decode(encoding))
        return len(text)

    def flush(self) -> None:
        self._stream.flush()

    def erase(self, lines: int) -> None:
        """Takes back the newest lines."""
        self._stream.write(f"\x1b[{lines}F\x1b[J")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
