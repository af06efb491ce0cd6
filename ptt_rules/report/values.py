"""Columns of values as a table of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ptt_rules.border import one_line

UNKNOWN = "-"


def values_text(table: Mapping[str, Sequence[float | bool | None]]) -> Iterator[str]:
    """A heading, then a line for each row, aligned to the right; what is unknown is a dash."""
    columns = [[one_line(name), *map(_cell, column)] for name, column in table.items()]
    widths = [max(map(len, cells)) for cells in columns]
    for cells in zip(*columns, strict=True):
        yield "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


def _cell(value: float | bool | None) -> str:
    if value is None:
        return UNKNOWN
    return str(value).lower() if isinstance(value, bool | int) else f"{value:g}"
