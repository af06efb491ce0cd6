"""Declarations and clauses as the layout sees them: a clause has pieces, a block has entries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ptt_rules.language.source import Span
from ptt_rules.language.syntax.format.pieces import Piece


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause, an action or a declaration without a block; each of its pieces begins a line."""

    span: Span
    pieces: tuple[Piece, ...]
    is_apart: bool = False
    """Whether a blank line goes around it."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block in braces; one that `joins` is written on one line if it fits.

    Its brace is the first one from `opens` on. What is `following` goes on after its closing brace.
    """

    span: Span
    head: str
    body: tuple[Entry, ...]
    closing: str = "}"
    joins: bool = False
    is_apart: bool = False
    opens: int | None = None
    following: Block | None = None


@dataclass(frozen=True, slots=True)
class ClauseBlock:
    """A clause with a block after it: its pieces end with the brace that is at `opening`."""

    span: Span
    pieces: tuple[Piece, ...]
    body: tuple[Clause, ...]
    opening: int
    is_apart: bool = False


Entry = Clause | Block | ClauseBlock


def clause(span: Span, text: str) -> Clause:
    """A clause that is never broken."""
    return Clause(span, (Piece(span, text),))


def declared(span: Span, head: str, body: Iterable[Entry]) -> Block:
    """A declaration with a block."""
    return Block(span, f"{head} {{", tuple(body), is_apart=True)
