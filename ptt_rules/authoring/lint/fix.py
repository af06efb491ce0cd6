"""Puts the edits of warnings into the texts that they are about."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

from ptt_rules.language import Diagnostic, Edit, Severity, Source

_LINE_END = re.compile(r"\r\n|\r|\n")


def fixed(found: Iterable[Diagnostic]) -> dict[Source, tuple[str, int]]:
    """The text of each source once its edits are in it, and how many there are."""
    return {
        source: (edited(source.text.encode(), edits).decode(), len(edits))
        for source, edits in edits_of(found).items()
    }


def edits_of(found: Iterable[Diagnostic]) -> dict[Source, list[Edit]]:
    """The edits of warnings by the source that they are of, in their order.

    Of edits that meet, the first one is taken; another pass finds the rest.
    """
    edits: dict[Source, set[Edit]] = {}
    for diagnostic in found:
        is_warning = diagnostic.severity is Severity.WARNING
        if is_warning and diagnostic.edit is not None and diagnostic.source is not None:
            edits.setdefault(diagnostic.source, set()).add(diagnostic.edit)
    return {source: _apart(some) for source, some in edits.items()}


def _apart(edits: Iterable[Edit]) -> list[Edit]:
    taken: list[Edit] = []
    for edit in sorted(edits, key=lambda one: (one.span, one.text)):
        if not taken or edit.span.start > taken[-1].span.end:
            taken.append(edit)
    return taken


def edited(data: bytes, edits: Iterable[Edit]) -> bytes:
    """A file with edits of its source, in order and apart; all other bytes stay as they are.

    A source has no byte order mark and one kind of line end. An edit brings the line end that the
    file has where it is put in.
    """
    written = data.decode("utf-8-sig")
    mark = data[: len(data) - len(written.encode())]
    places = _Places(written)
    parts: list[str] = []
    end = 0
    for edit in edits:
        start = places.of(edit.span.start)
        parts += [written[end:start], edit.text.replace("\n", places.line_end(edit.span.start))]
        end = places.of(edit.span.end)
    return mark + "".join([*parts, written[end:]]).encode()


class _Places:
    """Where the characters of a source are in the text of its file."""

    def __init__(self, written: str) -> None:
        found = list(_LINE_END.finditer(written))
        self._ends = [one[0] for one in found]
        longer = 0
        self._before: list[int] = []
        """By line end: its place in the source."""
        self._longer: list[int] = [0]
        """By line: how much farther its characters are in the file."""
        for one in found:
            self._before.append(one.start() - longer)
            longer += len(one[0]) - 1
            self._longer.append(longer)

    def of(self, place: int) -> int:
        return place + self._longer[bisect_left(self._before, place)]

    def line_end(self, place: int) -> str:
        """That of the line; the last line has that of the one before it."""
        line = bisect_left(self._before, place)
        return self._ends[min(line, len(self._ends) - 1)] if self._ends else "\n"
