"""A log of another framework by the names that rules read.

A key gets the name of the quantity that it is, where some rule reads that name; what no rule reads
keeps its own. What the framework's logger leaves out since it is not finite is NaN.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace

import polars as pl

from ptt_rules.language.stacks import Naming, Stack, by_name, find_stack, naming
from ptt_rules.logs.rows import POSITION_KEYS
from ptt_rules.logs.stream import LogStream, Piece

_LOOKED_AT = 256
"""Rows whose keys show who wrote a log."""


def by_stack(log: LogStream, reads: Set[str], stack: str | None = None) -> LogStream:
    """A log with the names that some rules read, and a note on who wrote it, where that is known.

    `reads` are keys and patterns as metrics declare them, `stack` the framework's name where a
    caller says it.

    Errors: PTT303 for a framework that is not known
    """
    if not reads and stack is None:
        return log
    first = next(iter(log.pieces(_LOOKED_AT)), None)
    keys = [key for key in first.frame.columns if key not in POSITION_KEYS] if first else []
    if stack is not None:
        chosen, shown = by_name(stack), "as you say"
    else:
        found = find_stack(keys)
        if found is None:
            return log
        chosen = found.stack
        shown = f"`{found.by[0]}` is logged"

    def pieces(rows: int) -> Iterator[Piece]:
        seen: set[str] = set()
        for piece in log.pieces(rows):
            yield _renamed(piece, chosen, reads, seen)

    count = len({name.key for name in naming(keys, chosen, reads) if not name.is_apart})
    known = (
        f"{count} of its keys are read by the names of the rules" if count else "the keys of TRL"
    )
    note = f"{chosen.title} ({shown}): {known}"
    return replace(log, pieces=pieces, notes=(*log.notes, note))


def _renamed(piece: Piece, stack: Stack, reads: Set[str], seen: set[str]) -> Piece:
    frame = piece.frame
    names = [*naming(_keys(frame), stack, reads)]
    dropped = [key for key in stack.dropped if key in frame.columns or key in seen]
    seen.update(dropped)
    if dropped:
        frame = _with_dropped(frame, dropped, stack.beside)
    made = [_as_ours(frame[name.key], name) for name in names]
    gone = {name.key for name in names if not name.stays}
    return Piece(frame.drop(gone).with_columns(made), _moved(piece.unreadable, names))


def _as_ours(column: pl.Series, name: Naming) -> pl.Series:
    alias = name.alias
    if alias.unknown is not None:
        column = column.set(column == alias.unknown, None)
    scaled = column if alias.factor == 1 else column * alias.factor
    return (scaled + alias.offset if alias.offset else scaled).alias(name.name)


def _with_dropped(frame: pl.DataFrame, keys: Iterable[str], beside: Set[str]) -> pl.DataFrame:
    """What the logger left out as NaN: a key that an earlier row had, in a row that is whole."""
    present = [pl.col(key).is_not_null() for key in beside if key in frame.columns]
    if not present:
        return frame
    is_whole = pl.any_horizontal(present)
    filled = [
        pl.when(pl.col(key).is_null() & is_whole).then(float("nan")).otherwise(pl.col(key))
        if key in frame.columns
        else pl.when(is_whole).then(float("nan"))
        for key in keys
    ]
    return frame.with_columns(one.alias(key) for one, key in zip(filled, keys, strict=True))


def _moved(unreadable: Mapping[str, int], names: list[Naming]) -> Mapping[str, int]:
    moved = {name.key: name.name for name in names if not name.stays}
    return {moved.get(key, key): count for key, count in unreadable.items()}


def _keys(frame: pl.DataFrame) -> list[str]:
    return [key for key in frame.columns if key not in POSITION_KEYS]
