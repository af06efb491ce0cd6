"""The one way to a terminal: lines and our own colours, and nothing else that it would obey."""

from __future__ import annotations

import re
from typing import Any, TextIO

from ptt_rules.border import visible_lines
from ptt_rules.report.colour import CODES, Colour

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
