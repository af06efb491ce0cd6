"""Logs that are read in chunks, so that they may be larger than the memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from ptt_rules.logs.context import NOTHING_KNOWN, RunContext
from ptt_rules.logs.frame import RunLog, empty_frame, frame_of, without_empty
from ptt_rules.logs.own_findings import Texts

CHUNK_ROWS = 1 << 16


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of a log that survived, as a metric frame, and what of them was unreadable."""

    frame: pl.DataFrame
    unreadable: Mapping[str, int] = field(default_factory=dict)


@dataclass
class LogStream:
    """A run's log, gone through as often as one likes.

    `abandoned` and `torn` are as of `RunLog`; `unreadable` is known once the chunks are read.
    """

    pieces: Callable[[int], Iterable[Piece]]
    """From the number of rows of a piece, about, to all of them."""
    abandoned: int = 0
    torn: int = 0
    rows: int = 0
    """Rows of the log, abandoned ones among them."""
    context: RunContext = NOTHING_KNOWN
    unreadable: Counter[str] = field(default_factory=Counter)
    notes: tuple[str, ...] = ()
    """What is to be said of how it was read, a sentence each."""
    own_texts: Texts = field(default_factory=dict)
    """What the findings of people's own checks say."""

    @staticmethod
    def of(log: RunLog) -> LogStream:
        """A log that is in memory already."""

        def pieces(rows: int) -> Iterator[Piece]:
            for first in range(0, log.frame.height, rows):
                yield Piece(log.frame.slice(first, rows))
            yield Piece(log.frame.clear(), log.unreadable)

        rows = log.frame.height + log.abandoned
        return LogStream(pieces, log.abandoned, log.torn, rows, log.context, notes=log.notes)

    @staticmethod
    def of_rows(
        rows: Iterable[Mapping[str, Any]],
        config: Mapping[str, Any],
        *,
        file: str,
        notes: tuple[str, ...] = (),
        torn: int = 0,
    ) -> LogStream:
        """Log dicts that are in memory already, and the training arguments."""
        log = frame_of(rows, file=file)
        known = RunContext(config)
        return LogStream.of(replace(log, context=known, torn=torn, notes=(*log.notes, *notes)))

    def chunks(self, rows: int = CHUNK_ROWS) -> Iterator[pl.DataFrame]:
        """Metric frames of about so many rows each, in order."""
        self.unreadable.clear()
        for piece in self.pieces(rows):
            self.unreadable.update(piece.unreadable)
            yield piece.frame

    def read(self) -> RunLog:
        """The whole log."""
        frame = pl.concat([empty_frame(), *self.chunks()], how="diagonal")
        return RunLog(
            frame=without_empty(frame),
            abandoned=self.abandoned,
            unreadable=dict(self.unreadable),
            context=self.context,
            torn=self.torn,
            notes=self.notes,
        )
