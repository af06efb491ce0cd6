"""Lines as wide as the terminal that shows them."""

from __future__ import annotations

import os
import textwrap
from typing import TextIO

WIDTH = 88
"""Where no terminal tells its own."""

_LEAST = 40
"""Below it no sentence is readable."""


def width_of(stream: TextIO) -> int:
    """The width of what shows a stream: as `COLUMNS` says, else as the terminal does."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return max(int(told), _LEAST)
    try:
        return max(os.get_terminal_size(stream.fileno()).columns, _LEAST)
    except (OSError, ValueError, AttributeError):
        return WIDTH  # a file, a pipe, or no stream of the system at all


def wrapped(text: str, width: int = WIDTH, *, hang: str = "", label: str = "") -> str:
    """A sentence in lines; what names a place or a key stays whole, so that it can be copied."""
    return textwrap.fill(
        text,
        width,
        initial_indent=label,
        subsequent_indent=hang or " " * len(label),
        break_long_words=False,
        break_on_hyphens=False,
    )
