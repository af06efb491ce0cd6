"""Room for lines where progress bars are drawn: a line never hangs on a bar."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TextIO


class Bars:
    """The bars of tqdm on a stream, if tqdm is there at all; it is never imported for it."""

    def __init__(self) -> None:
        self._seen: list[tuple[int, Any]] = []

    def aside(self, stream: TextIO) -> AbstractContextManager[Any]:
        """While it lasts, what is written begins on a line of its own.

        On a terminal the bars are cleared and drawn again below. In a file, where nothing can be
        cleared, the line of a bar is ended first.
        """
        tqdm = getattr(sys.modules.get("tqdm"), "tqdm", None)
        if tqdm is None or not hasattr(tqdm, "external_write_mode"):
            return nullcontext()
        if stream.isatty():
            room: AbstractContextManager[Any] = tqdm.external_write_mode(file=stream)
            return room
        drawn = [
            (id(bar), bar.last_print_t)
            for bar in list(tqdm._instances)
            if bar.fp == stream and not bar.disable
        ]
        if drawn and drawn != self._seen:
            stream.write("\n")
        self._seen = drawn
        return nullcontext()
